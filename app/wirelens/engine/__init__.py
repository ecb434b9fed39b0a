"""What Wirelens knows of gRPC and protobuf, without Qt: connection, schema, messages, calls."""
