"""Wirelens: a desktop gRPC explorer."""

__version__ = "0.1.0"
