"""Numbers and configurations as people read them, short enough for eighty columns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hpolab.space import Value

__all__ = [
    "NOTHING",
    "configuration",
    "count",
    "duration",
    "fraction",
    "megabytes",
    "money",
    "percent",
    "plural",
    "sparkline",
    "varying",
]

NOTHING = "-"

_SHORT: Mapping[str, str] = {
    "learning_rate": "lr {}",
    "optimizer": "{}",
    "n_blocks": "{} blocks",
    "n_layers": "{} layers",
    "filters": "{} filters",
    "lstm_units": "{} units",
    "activation": "{}",
    "batch_size": "batch {}",
    "dropout": "dropout {}",
    "head": "{}",
    "dense_units": "{} dense",
    "kernel_size": "kernel {}",
    "pooling": "{}",
    "schedule": "{}",
    "embedding_width": "embedding {}",
    "vocabulary": "{} words",
    "sequence_length": "length {}",
    "momentum": "momentum {}",
    "weight_decay": "decay {}",
}
"""How known hyperparameters are written, what says most about a network first."""

_BARS = "▁▂▃▄▅▆▇█"


def fraction(value: float | None, *, digits: int = 3) -> str:
    """A number in [0, 1] without its leading zero.

    >>> fraction(0.9412), fraction(1.0, digits=2), fraction(None)
    ('.941', '1.00', '-')
    """
    return NOTHING if value is None else f"{value:.{digits}f}".removeprefix("0")


def percent(value: float | None, *, digits: int = 1) -> str:
    """A share as percent.

    >>> percent(0.972)
    '97.2 %'
    """
    return NOTHING if value is None else f"{100 * value:.{digits}f} %"


def count(number: int | None) -> str:
    """A count in at most five characters.

    >>> count(950), count(12_345), count(2_200_000)
    ('950', '12.3k', '2.20M')
    """
    if number is None:
        return NOTHING
    for limit, divisor, unit in ((999_500, 1e3, "k"), (999_500_000, 1e6, "M")):
        if number < 1000:
            return str(number)
        if number < limit:
            return f"{_three_digits(number / divisor)}{unit}"
    return f"{_three_digits(number / 1e9)}G"


def _three_digits(value: float) -> str:
    return f"{value:.{2 if value < 9.995 else 1 if value < 99.95 else 0}f}"


def megabytes(n_bytes: int) -> str:
    """A size in megabytes of a million bytes.

    >>> megabytes(17_464_789)
    '17.5 MB'
    """
    return f"{n_bytes / 1e6:.1f} MB"


def duration(seconds: float | None) -> str:
    """Minutes and seconds, or hours too.

    >>> duration(41.4), duration(3725)
    ('0:41', '1:02:05')
    """
    if seconds is None:
        return NOTHING
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def money(amount: float) -> str:
    """An amount of money, whatever the currency: cents where they count.

    >>> money(12.5), money(0.0421)
    ('12.50', '0.042')
    """
    return f"{amount:.2f}" if amount >= 0.995 or not amount else f"{amount:.2g}"


def plural(number: int, noun: str) -> str:
    """A number and its noun.

    >>> plural(1, "trial"), plural(2, "trial")
    ('1 trial', '2 trials')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def varying(configurations: Iterable[Mapping[str, Value]]) -> frozenset[str]:
    """The hyperparameters that tell these configurations apart; all of them when there is one."""
    given = list(configurations)
    names = {name for params in given for name in params}
    if len(given) == 1:
        return frozenset(names)
    return frozenset(
        name for name in names if len({repr(params.get(name)) for params in given}) > 1
    )


def configuration(
    params: Mapping[str, Value], *, width: int = 1000, only: frozenset[str] | None = None
) -> str:
    """A configuration in a few words, cut to whole words.

    >>> configuration({"batch_norm": True, "optimizer": "adam", "learning_rate": 0.00321})
    'lr 0.0032, adam, batch norm'

    Args:
        params: The hyperparameters.
        width: How many characters there are.
        only: Names to show; None for all.
    """
    names = [name for name in _SHORT if name in params]
    names += [name for name in params if name not in _SHORT]
    shown = ""
    for name in names:
        phrase = _phrase(name, params[name]) if only is None or name in only else ""
        longer = f"{shown}, {phrase}" if shown else phrase
        if phrase and len(longer) > width:
            break
        shown = longer if phrase else shown
    return shown


def _phrase(name: str, value: Value) -> str:
    spoken = name.replace("_", " ")
    if isinstance(value, bool):
        return spoken if value else ""
    written = f"{value:.2g}".replace("e-0", "e-") if isinstance(value, float) else str(value)
    if name in _SHORT:
        phrase = _SHORT[name].format(written)
        return phrase.removesuffix("s") if written == "1" and phrase[0] == "1" else phrase
    return f"{spoken} {written}"


def sparkline(values: Sequence[float], *, width: int) -> str:
    """A curve as bars from its lowest to its highest value; a long one is thinned out.

    >>> sparkline([0.0, 0.5, 1.0], width=8), sparkline([0.3, 0.3], width=8)
    ('▁▅█', '▁▁')
    """
    step = max(1, math.ceil(len(values) / width))
    shown = list(values[::-step][::-1])  # backwards, so that the latest value is always there
    low = min(shown, default=0.0)
    span = (max(shown, default=0.0) - low) or 1.0
    return "".join(_BARS[round((value - low) / span * (len(_BARS) - 1))] for value in shown)
