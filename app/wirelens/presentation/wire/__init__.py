"""A message's bytes as the window shows them: what each byte is, in colours and words; see `AnnotatedBytes`."""

from wirelens.presentation.wire.annotated_bytes import AnnotatedBytes

__all__ = ["AnnotatedBytes"]
