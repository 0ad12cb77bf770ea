"""The ends of logs, as a visitor may read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hpolab.places import without_places

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["last_lines"]

_BYTES = 32 * 1024
_LINE_CHARACTERS = 500
_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
"""Colours and cursor moves of a terminal, and other characters that are not to be seen."""


def last_lines(path: Path, *, lines: int = 50) -> list[str]:
    """The last lines of a log that are not empty, without the places of this machine.

    Args:
        path: The file; where there is none, there is nothing to tell.
        lines: At most so many.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _BYTES))
            content = file.read(_BYTES)
    except FileNotFoundError:
        return []
    except OSError as error:
        return [f"this log cannot be read: {error.strerror}"]
    found = content.decode("utf-8", errors="replace").split("\n")
    if size > _BYTES:
        found = found[1:]  # the first one is torn
    seen = (_as_seen(line) for line in found if line.strip())
    return [line for line in seen if line][-lines:]


def _as_seen(line: str) -> str:
    """A line as it stands on a terminal in the end: what was written over is not there."""
    last = line.rstrip("\r").rsplit("\r", 1)[-1]
    return without_places(_TERMINAL.sub("", last))[:_LINE_CHARACTERS].rstrip()
