"""Which processes live, read from /proc: for tests that none is left behind."""

from __future__ import annotations

import os
import time
from pathlib import Path

__all__ = ["descendants", "is_alive", "wait_until_gone"]


def is_alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    return _stat(pid)[0] not in {"", "Z", "X"}


def descendants(root: int | None = None) -> list[int]:
    """The living children of a process (this one by default), their children, and so on."""
    parents = {
        int(entry.name): _stat(int(entry.name))
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit()
    }
    found = [os.getpid() if root is None else root]
    for pid in found:  # grows as we go
        found += [
            child for child, (state, parent) in parents.items() if parent == pid and state != "Z"
        ]
    return found[1:]


def wait_until_gone(pids: list[int], *, seconds: float) -> list[int]:
    """Wait until these processes are gone.

    Returns:
        Those that live on after so many seconds.
    """
    deadline = time.monotonic() + seconds
    while (alive := [pid for pid in pids if is_alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return alive


def _stat(pid: int) -> tuple[str, int]:
    """State letter and parent; an empty letter when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return "", 0
    state, parent = text.rpartition(")")[2].split()[:2]  # the name before may hold anything
    return state, int(parent)
