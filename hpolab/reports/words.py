"""Numbers as a report writes them: for readers who do not know the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hpolab.space import Value

__all__ = ["STATES", "configured", "listed", "percent", "plural", "spoken", "took", "written"]

STATES: Mapping[str, str] = {
    "completed": "completed",
    "pruned": "stopped early",
    "failed": "failed",
    "cancelled": "cancelled",
    "running": "running",
    "waiting": "not finished",
}
"""What became of a trial."""


def percent(share: float, *, digits: int = 1) -> str:
    r"""A share as percent, number and sign kept on one line.

    >>> percent(0.972)
    '97.2\xa0%'
    """
    return f"{100 * share:.{digits}f}\N{NO-BREAK SPACE}%"


def plural(number: int, noun: str) -> str:
    """A number and its noun.

    >>> plural(1, "trial"), plural(2400, "trial")
    ('1 trial', '2,400 trials')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def took(seconds: float) -> str:
    """A time in its two largest units.

    >>> took(0.62), took(41.4), took(125), took(7380)
    ('0.6 s', '41 s', '2 min 5 s', '2 h 3 min')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes_left} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def listed(numbers: Sequence[int], *, most: int = 5) -> str:
    """Numbers with commas, the many ones cut.

    >>> listed([1, 2, 3]), listed(range(12), most=3)
    ('1, 2, 3', '0, 1, 2 and 9 more')
    """
    shown = ", ".join(map(str, numbers[:most]))
    return shown if len(numbers) <= most else f"{shown} and {len(numbers) - most} more"


def spoken(name: str) -> str:
    """A name of the program as words.

    >>> spoken("gradient_health")
    'gradient health'
    """
    return name.replace("_", " ")


def written(value: Value) -> str:
    """A value of a hyperparameter, rounded to what can be read.

    >>> written(True), written(0.000321456), written("adam"), written(64)
    ('yes', '0.000321', 'adam', '64')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def configured(params: Mapping[str, Value]) -> str:
    """A configuration in one line.

    >>> configured({"filters": 8, "batch_norm": True})
    'filters 8, batch norm yes'
    """
    return ", ".join(f"{spoken(name)} {written(value)}" for name, value in params.items())
