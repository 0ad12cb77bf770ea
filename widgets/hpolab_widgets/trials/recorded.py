"""Why a trial has no recording to draw diagnostics from, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hpolab.record import TrialRecord
    from hpolab_widgets.state import SweepState

__all__ = ["Why", "why_unrecorded"]


class Why(NamedTuple):
    """A reason.

    Attributes:
        words: For a person.
        instead: A trial that has what this one has not, None where there is none to name.
    """

    words: str
    instead: int | None = None


def why_unrecorded(trial: TrialRecord, sweep: SweepState) -> Why:
    """What to tell a person who looks for the diagnostics of a trial that has none."""
    ended, best = trial.ended, sweep.best
    if trial.state in ("running", "waiting"):
        when = "still trains" if trial.state == "running" else "waits for its turn"
        return Why(f"It {when}. What diagnostics are drawn from is written when it has ended.")
    if ended is not None and ended.reused_from is not None:
        other = ended.reused_from
        return Why(f"It was not trained: the result of trial {other} was reused.", other)
    if trial.inherited:
        return Why("It was trained in the sweep that this one follows; look at it there.")
    if trial.state == "cancelled":
        return Why("It was cancelled before its recording was written.")
    if sweep.config.record == "none":
        return Why(
            "This sweep records nothing: its config says record: none. A sweep with record: best "
            "or record: all keeps what diagnostics are drawn from."
        )
    if trial.state == "failed":
        return Why("It failed before its recording was written; the log says how.")
    if sweep.config.record == "best" and trial.number != best:
        return Why(
            "This sweep keeps the recording of its best trial only (record: best in its config); "
            "with record: all every trial keeps its own.",
            best,
        )
    return Why(
        "Its recording is not in the folder: an older version trained it, or it was removed."
    )
