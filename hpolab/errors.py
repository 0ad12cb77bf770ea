"""Everything hpolab raises on purpose.

* HpolabError
  x ConfigError (ValueError)      the request is wrong; nothing has started. Exit code 2
    + SpaceError
    + SourceError                 the source of a function of the user's own; knows the line
  x DataError (ValueError)        the data cannot be read, or cannot be used as asked. Exit code 2
  x TrialFailed (RuntimeError)    this trial failed with a reason; the sweep goes on
  x ExecutorError (RuntimeError)  trials cannot be run at all; the sweep stops
  x StoreError (OSError)          the sweep folder cannot be read or written; the sweep stops
    + FolderLocked
    + JournalDamaged
  x FitnessError (RuntimeError)   a function of the user's own failed; knows the line
    + LimitBroken                 it used more than it may, or tried what it may not

Two families matter to the loop: "this trial failed, go on" (TrialFailed) and everything else,
which stops the sweep. Errors of optuna, tensorflow and the operating system are translated in
the one module that meets them, with their cause chained.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ConfigError",
    "DataError",
    "ExecutorError",
    "FitnessError",
    "FolderLocked",
    "HpolabError",
    "JournalDamaged",
    "LimitBroken",
    "SourceError",
    "SpaceError",
    "StoreError",
    "TrialFailed",
    "did_you_mean",
]


class HpolabError(Exception):
    """Base of all errors that hpolab raises on purpose."""


class ConfigError(HpolabError, ValueError):
    """A setting breaks a rule.

    Attributes:
        field: Dotted path of the offending setting (``"budget.trials"``), or ``""``.
        rule: The message without the field.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.rule = message

    def below(self, section: str) -> Self:
        """The same error, its field named from further up in the config."""
        return type(self)(self.rule, field=f"{section}.{self.field}" if self.field else section)


class SpaceError(ConfigError):
    """A search space, or an edit of one, breaks a rule."""


class SourceError(ConfigError):
    """The source of a function of the user's own cannot work.

    Attributes:
        line: The first line with a problem, from 1; None when it is the source as a whole.
    """

    def __init__(self, message: str, *, field: str = "", line: int | None = None) -> None:
        super().__init__(message, field=field)
        self.line = line


class DataError(HpolabError, ValueError):
    """A data set is unknown, damaged, unreachable or too small for what is asked."""


class TrialFailed(HpolabError, RuntimeError):
    """One trial cannot go on; the sweep can."""


class ExecutorError(HpolabError, RuntimeError):
    """The machinery that runs trials is broken; the sweep cannot go on."""


class StoreError(HpolabError, OSError):
    """The sweep folder cannot be read or written."""


class FolderLocked(StoreError):
    """Another live process is the coordinator of this sweep folder."""


class JournalDamaged(StoreError):
    """A journal line in the middle of the file is not a known event."""


class FitnessError(HpolabError, RuntimeError):
    """A function of the user's own failed while it was computed.

    Attributes:
        line: Of the user's source, from 1; None when it is not known.
    """

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class LimitBroken(FitnessError):
    """A function of the user's own broke a limit; its process has been ended.

    Attributes:
        limit: Which one: "memory", "cpu", "time", "output", "system call", "answers" or "crash".
    """

    def __init__(self, message: str, *, limit: str, line: int | None = None) -> None:
        super().__init__(message, line=line)
        self.limit = limit


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A sentence that lists the known names, the nearest first: the tail of an error message."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{hint}Known: {', '.join(names) or 'none'}."
