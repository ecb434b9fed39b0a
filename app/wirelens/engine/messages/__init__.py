"""Messages of a schema as people see them: fields, ProtoJSON, examples, one-line previews."""
