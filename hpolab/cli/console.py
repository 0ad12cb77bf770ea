"""Where output goes: results to stdout, what a person must know to stderr."""

from __future__ import annotations

import io
import logging
import os
import re
from typing import TYPE_CHECKING

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from hpolab.storage.files import write_text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "INTERRUPTED",
    "complain",
    "console",
    "drawing",
    "errors",
    "logs_to_stderr",
    "save_drawing",
]

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


def drawing() -> Console:
    """For a picture of a terminal; nothing is printed."""
    return Console(
        record=True,
        file=io.StringIO(),
        force_terminal=True,
        width=_WIDTH_WITHOUT_TERMINAL,
        markup=False,
        emoji=False,
        highlight=False,
    )


def save_drawing(drawn: Console, path: Path, *, title: str) -> None:
    """Write what was printed as an SVG that needs no font from elsewhere.

    Raises:
        StoreError: The file cannot be written.
    """
    # rich's own template loads a font from the network; any monospaced one will do
    template = re.sub(r"@font-face\s*{{.*?}}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    template = template.replace("Fira Code", "ui-monospace, DejaVu Sans Mono")
    write_text(path, drawn.export_svg(title=title, code_format=template, unique_id="hpolab"))


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
