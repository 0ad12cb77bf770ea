"""Where output goes: results to stdout, what a person must know to stderr."""

from __future__ import annotations

import logging
import os

from rich.console import Console

__all__ = ["INTERRUPTED", "complain", "console", "errors", "logs_to_stderr"]

INTERRUPTED = 130
"""The exit code after Ctrl-C: 128 and the number of the signal, as shells have it."""

_WIDTH_WITHOUT_TERMINAL = 100


def console() -> Console:
    """For results; bound to the standard output of the moment."""
    return _make(stderr=False)


def errors() -> Console:
    """For errors and warnings."""
    return _make(stderr=True)


def _make(*, stderr: bool) -> Console:
    """Text is written as it is: brackets in a reason or a path are no mark-up."""
    made = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = _WIDTH_WITHOUT_TERMINAL
    return made


def complain(message: str) -> None:
    """One error, on one line where there is room."""
    errors().print(f"hpolab: {message}", soft_wrap=True, style="red")


class _ToStderr(logging.Handler):
    """Warnings as plain lines, through whatever stands for stderr while a view is live."""

    def emit(self, record: logging.LogRecord) -> None:
        errors().print(f"{record.levelname.lower()}: {record.getMessage()}", soft_wrap=True)


def logs_to_stderr() -> None:
    """Let the package's warnings be seen, once, and nothing below them."""
    package = logging.getLogger("hpolab")
    if not any(isinstance(handler, _ToStderr) for handler in package.handlers):
        package.addHandler(_ToStderr(level=logging.WARNING))
