"""Servers to try: each runs alone in a process of its own, without Qt."""
