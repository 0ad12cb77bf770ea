"""Errors on purpose as a notebook shows them to whoever reads a batch job's log: in a line.

The message names the thing, the rule and the remedy; a hundred lines of our code above it only
hide it. An error that is a fault of the program keeps them.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from hpolab.errors import HpolabError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["in_a_line"]


@contextmanager
def in_a_line() -> Iterator[None]:
    """Let an HpolabError pass; IPython shows its name and message, and no traceback."""
    try:
        yield
    except HpolabError as error:
        line = f"{type(error).__name__}: {error}"
        # what IPython asks an exception for before it draws a traceback of its own
        setattr(error, "_render_traceback_", lambda: [line])  # noqa: B010 - no attribute of ours
        raise
