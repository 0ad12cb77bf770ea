"""Wishes that were sent and not yet obeyed: what is said meanwhile, and when that is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpolab_widgets.state import ENDED, SweepState

if TYPE_CHECKING:
    from hpolab.commands import Command

__all__ = ["Pending", "pending"]


@dataclass(frozen=True)
class Pending:
    """One wish.

    Attributes:
        sweep: Whose it is.
        key: The verb, with the trial's number when it is about one.
        words: What is said until the journal shows that it was obeyed.
        is_obeyed: Whether it does.
    """

    sweep: SweepState
    key: str
    words: str
    is_obeyed: Callable[[], bool]

    def is_over(self) -> bool:
        """Whether there is nothing to wait for, because it was obeyed or nobody is there to."""
        return self.sweep.state in ENDED or self.is_obeyed()


def pending(command: Command, sweep: SweepState) -> Pending:
    """What to wait for after a command; to be called before it is sent."""
    notes, budget = len(sweep.record.notes), sweep.record.budget

    def is_refused(start: str) -> bool:
        """Whether the coordinator has noted why it does not obey."""
        return any(note.startswith(start) for note in sweep.record.notes[notes:])

    match command.verb:
        case "pause":
            words = "Pausing after the running epochs …"
            return Pending(sweep, "pause", words, lambda: sweep.state == "paused")
        case "resume":
            return Pending(sweep, "resume", "Resuming …", lambda: sweep.state == "running")
        case "stop":
            return Pending(sweep, "stop", "Stopping …", lambda: False)
        case "cancel":
            number = command.trial or 0
            return Pending(
                sweep,
                f"cancel {number}",
                f"Cancelling trial {number} …",
                lambda: _is_settled(sweep, number) or is_refused(f"trial {number} "),
            )
        case "extend":
            return Pending(
                sweep,
                "extend",
                "Adding to the budget …",
                lambda: sweep.record.budget != budget or is_refused("the budget has no limit"),
            )
        case "explore":
            return Pending(
                sweep,
                "explore",
                "Changing the share of random trials …",
                lambda: (
                    sweep.record.exploration == command.share
                    or is_refused("exploring has no effect")
                ),
            )


def _is_settled(sweep: SweepState, number: int) -> bool:
    trial = sweep.record.trials.get(number)
    return trial is not None and trial.ended is not None
