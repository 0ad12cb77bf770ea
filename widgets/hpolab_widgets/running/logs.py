"""The ends of the logs that a running sweep writes, as a visitor may read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hpolab_widgets.places import without_places

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab_widgets.state import SweepState

__all__ = ["log_tails"]

_LINES = 50
_BYTES = 32 * 1024
_LINE_CHARACTERS = 500
_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
"""Colours and cursor moves of a terminal, and other characters that are not to be seen."""


def log_tails(sweep: SweepState) -> list[dict[str, Any]]:
    """The last lines of the coordinator and of every trial that runs now.

    Returns:
        ``source`` and ``lines`` of each log that says anything.
    """
    folder = sweep.sweep.folder
    running = [trial.number for trial in sweep.trials if trial.state == "running"]
    logs = [("coordinator", folder.log)]
    logs += [(f"trial {number}", folder.trial(number) / "log.txt") for number in running]
    return [
        {"source": source, "lines": lines} for source, path in logs if (lines := _last_lines(path))
    ]


def _last_lines(path: Path) -> list[str]:
    """At most ``_LINES``; none when there is no such file, or it cannot be read."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _BYTES))
            content = file.read()
    except FileNotFoundError:
        return []
    except OSError as error:
        return [f"this log cannot be read: {error.strerror}"]
    lines = content.decode("utf-8", errors="replace").split("\n")
    if size > _BYTES:
        lines = lines[1:]  # the first one is torn
    seen = (_as_seen(line) for line in lines if line.strip())
    return [line for line in seen if line][-_LINES:]


def _as_seen(line: str) -> str:
    """A line as it stands on a terminal in the end: what was written over is not there."""
    last = line.rstrip("\r").rsplit("\r", 1)[-1]
    return without_places(_TERMINAL.sub("", last))[:_LINE_CHARACTERS].rstrip()
