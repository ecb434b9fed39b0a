"""Where Wirelens keeps what outlives it: settings and caches. `WIRELENS_HOME` moves both into one folder."""

import os
from pathlib import Path

import platformdirs


def settings_folder() -> Path:
    """The folder of settings and of the session file; it may not exist yet."""
    home = os.environ.get("WIRELENS_HOME")
    return Path(home) if home else platformdirs.user_config_path("wirelens", appauthor=False)


def cache_folder() -> Path:
    """The folder of what can be made anew; it may not exist yet."""
    home = os.environ.get("WIRELENS_HOME")
    return Path(home) / "cache" if home else platformdirs.user_cache_path("wirelens", appauthor=False)
