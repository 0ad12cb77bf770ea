"""How much memory a process takes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["resident_bytes"]


def resident_bytes() -> int:
    """Resident memory of this process, or its peak where only that is known; 0 on Windows."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
