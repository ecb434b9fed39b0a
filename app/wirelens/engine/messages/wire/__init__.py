"""The wire format as annotated spans: what each byte of a serialized message is, without decoding it.

https://protobuf.dev/programming-guides/encoding/
"""
