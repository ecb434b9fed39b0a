"""Where and how to reach a server: target, TLS, metadata, channels."""
