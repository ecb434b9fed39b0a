"""What a server offers: services, methods and types, from reflection, .proto files or descriptor sets."""
