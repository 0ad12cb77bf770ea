"""The end of a log, as a page may show it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["tail"]

_MOST_BYTES = 32_768
_FOLDERS = re.compile(r"(?<![\w:/.])(?:/[\w.+@~-]+)+/(?=[\w.+@~-])")
"""The folders of an absolute path, up to the name of the file; an address of the web is none."""


def tail(path: Path, *, lines: int = 80) -> str:
    """The last lines of a log, without the folders of the machine that wrote it.

    Args:
        path: The file; where there is none, there is nothing to tell.
        lines: At most so many.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _MOST_BYTES))
            content = file.read(_MOST_BYTES)
    except FileNotFoundError:
        return ""
    text = content.decode(errors="replace").replace("\r\n", "\n")
    kept = (
        text.split("\n")[-lines:] if not text.endswith("\n") else text.split("\n")[-lines - 1 : -1]
    )
    written = (
        line.rpartition("\r")[2] for line in kept
    )  # a progress bar has overwritten the rest
    return "\n".join(_FOLDERS.sub("…/", line) for line in written)
