"""What is told about a run that could not tell its own end."""

from __future__ import annotations

import signal

from hpolab.trial import EpochRecord, RunResult, Stop

__all__ = ["cut_short", "exit_in_words"]


def cut_short(stop: Stop, history: list[EpochRecord], *, seconds: float) -> RunResult:
    """The result of a run that was ended by force: what was seen of it."""
    last = history[-1] if history else None
    return RunResult(
        state=stop.state,
        reason=stop.reason,
        history=tuple(history),
        accuracy=last.val_accuracy if last else None,
        loss=last.val_loss if last else None,
        seconds=seconds,
    )


def exit_in_words(code: int | None) -> str:
    """What became of a process: the end of a sentence about it.

    Args:
        code: Its exit code, a signal's number negative; None when nobody knows.
    """
    if code is None:
        return "has gone away"
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        return f"was killed by signal {-code}"
    cause = {
        "SIGKILL": ": by a person, or by the system for want of memory",
        "SIGSEGV": ": it crashed in compiled code",
        "SIGABRT": ": compiled code gave up",
    }
    return f"was killed by signal {-code} ({name}){cause.get(name, '')}"
