"""The request side of a call: the form, the JSON, metadata and options of one draft."""
