"""The logs that a running sweep writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab_widgets.logs import last_lines

if TYPE_CHECKING:
    from hpolab_widgets.state import SweepState

__all__ = ["log_tails"]


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
        {"source": source, "lines": lines} for source, path in logs if (lines := last_lines(path))
    ]
