"""The four patterns as one Call, its events, its transcript and its status."""
