"""What Ctrl-C means to a running sweep."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

__all__ = ["clean_stop_on_ctrl_c"]


@contextlib.contextmanager
def clean_stop_on_ctrl_c(stop: Callable[[], None]) -> Iterator[None]:
    """Let the first Ctrl-C ask for a clean stop; the second is what it always was.

    Args:
        stop: Called from the signal handler, so it must do no more than set a flag.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may, or needs to, handle signals
        return

    def first(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        stop()

    before: Any = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
