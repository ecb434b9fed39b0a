"""Wirelens' own small controls, one a file; all take the theme by constructor."""
