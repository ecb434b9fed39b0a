"""A stream as figures over time: what can be charted, read in the background, and how it is cut down to pixels."""
