"""Names for sweeps that nobody named."""

from __future__ import annotations

import re
import time
from datetime import datetime
from pathlib import Path

from hpolab.settings import settings

__all__ = ["fresh_name", "stem_of"]


def fresh_name(stem: str, *, within: Path | None = None) -> str:
    """A name that no sweep in a directory has: the stem and the time.

    Args:
        stem: What it begins with.
        within: The directory; None for the machine's.
    """
    name = f"{stem}-{datetime.now():%Y%m%d-%H%M%S}"
    taken = ((within or settings().sweeps_dir) / name).exists()
    return f"{name}-{time.time_ns() % 10**9:09d}" if taken else name


def stem_of(name: str) -> str:
    """What another sweep's name can begin with: this one's, without the time and odd signs."""
    timeless = re.sub(r"(-\d{8}-\d{6}(-\d{9})?)+$", "", name)
    return re.sub(r"^\W+|[^\w .+-]", "", timeless)[:60] or "sweep"
