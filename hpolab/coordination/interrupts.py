"""What Ctrl-C and a polite kill mean to a running sweep."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

__all__ = ["clean_stop_on_signals"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C, and what ``kill``, service managers and containers send first."""


@contextlib.contextmanager
def clean_stop_on_signals(stop: Callable[[str], None]) -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM ask for a clean stop; the second is what it always was.

    Args:
        stop: Called from the signal handler with the reason in words, so it must do no more than
            set a flag.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may, or needs to, handle signals
        return

    def first(number: int, _frame: FrameType | None) -> None:
        restore()
        stop("stopped by hand" if number == signal.SIGINT else "stopped by SIGTERM")

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    before: dict[signal.Signals, Any] = {
        # None stands for a handler that is not Python's and cannot be put back
        number: signal.getsignal(number) or signal.SIG_DFL
        for number in _SIGNALS
    }
    try:
        for number in _SIGNALS:
            signal.signal(number, first)
        yield
    finally:
        restore()
