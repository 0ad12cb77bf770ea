"""How far an accuracy can be trusted that was measured once, on so many examples."""

from __future__ import annotations

import math
from typing import NamedTuple

from hpolab.errors import ConfigError

__all__ = ["Interval", "binomial"]

_Z = 1.959964  # the normal distribution's quantile of 0.975


class Interval(NamedTuple):
    """A 95 % interval, both ends in [0, 1]."""

    low: float
    high: float


def binomial(share: float, n: int) -> Interval:
    """The 95 % interval of a share that was seen among n independent examples.

    Wilson's: unlike the textbook's ``p ± 1.96 sd`` it has a width where every answer was right.

    >>> low, high = binomial(1.0, 100)
    >>> f"{low:.3f} to {high:.3f}"
    '0.963 to 1.000'

    Args:
        share: What was seen, in [0, 1].
        n: Among how many examples, at least 1.

    References:
        Wilson (1927), "Probable inference, the law of succession, and statistical inference",
        Journal of the American Statistical Association 22(158).
    """
    if n < 1 or not 0 <= share <= 1:
        raise ConfigError(f"`n >= 1` and `0 <= share <= 1` must hold, but got {n} and {share}.")
    z2 = _Z * _Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))
