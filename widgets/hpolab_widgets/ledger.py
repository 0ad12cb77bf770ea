"""What a visitor's sweep was granted beyond what it was made with, written down at once.

A coordinator obeys wishes a moment after they are sent. Whoever sends ten extensions within that
moment would have each of them held against the budget as it was before the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.storage.files import storing
from hpolab.storage.folder import CommandTail
from hpolab_widgets.allowance import extended

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.budget import Budget
    from hpolab.commands import Command
    from hpolab.sweep import Sweep

__all__ = ["grant", "most_granted"]

_FILE = "granted.jsonl"


def most_granted(sweep: Sweep) -> Budget:
    """The largest budget that the sweep may come to have by what it was granted so far."""
    asked = sweep.config.budget
    granted = extended(asked, CommandTail(sweep.path / _FILE).new()[0])
    record = sweep.record
    return granted if record.state == "new" else _larger(granted, record.budget)


def grant(sweep: Sweep, wishes: Sequence[Command]) -> None:
    """Write down extensions that are about to be sent.

    Raises:
        StoreError: The file cannot be written.
    """
    path = sweep.path / _FILE
    lines = [wish.to_json() + "\n" for wish in wishes if wish.verb == "extend"]
    if lines:
        with storing(path), path.open("a", encoding="utf-8") as file:
            file.writelines(lines)


def _larger(one: Budget, other: Budget) -> Budget:
    """The larger of each limit; both budgets have the same ones."""
    limits = {name: getattr(one, name) for name in ("trials", "seconds", "epochs")}
    return one.replace(
        **{
            name: max(limit, getattr(other, name) or 0)
            for name, limit in limits.items()
            if limit is not None
        }
    )
