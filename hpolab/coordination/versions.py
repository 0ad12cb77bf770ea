"""What a sweep runs on, for whoever wants to repeat it."""

from __future__ import annotations

import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

__all__ = ["versions"]

_THAT_MATTER = ("hpolab", "tensorflow", "keras", "optuna", "numpy")


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Version by name of Python and of the packages that results depend on, if installed."""
    found = {"python": platform.python_version()}
    for name in _THAT_MATTER:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
