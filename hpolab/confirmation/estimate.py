"""A mean and its interval: what a handful of measurements says about the next ones."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from pydantic import Field

from hpolab.errors import ConfigError
from hpolab.frozen import Frozen

__all__ = ["Estimate", "estimate"]

CONFIDENCE = 0.95


class Estimate(Frozen):
    """A mean and how far it can be trusted.

    Attributes:
        n: How many values it is the mean of.
        mean: Of the values.
        sd: Their standard deviation (n - 1); None for a single value.
        low, high: Bounds of the 95 % interval of the mean; None for a single value. They are not
            cut to [0, 1]: few seeds may leave more room than an accuracy has.
    """

    n: int = Field(ge=1)
    mean: float
    sd: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_within_noise(self) -> bool:
        """Whether the interval contains zero, or there is none to tell."""
        return self.low is None or self.high is None or self.low <= 0 <= self.high


def estimate(values: Sequence[float], *, confidence: float = CONFIDENCE) -> Estimate | None:
    """Mean, standard deviation and Student's t interval of the mean; None without values.

    ``mean ± t * sd / sqrt(n)``, t the quantile of n - 1 degrees of freedom.

    Args:
        values: Independent measurements, finite.
        confidence: Share of such intervals that contain the true mean, in (0, 1).

    References:
        Student (1908), "The probable error of a mean", Biometrika 6(1).
    """
    if not 0 < confidence < 1:
        raise ConfigError(f"`0 < confidence < 1` must hold, but got {confidence}.")
    if not values:
        return None
    n, mean = len(values), statistics.fmean(values)
    if n == 1:
        return Estimate(n=1, mean=mean)
    from scipy.special import stdtrit

    sd = statistics.stdev(values)
    half = float(stdtrit(n - 1, (1 + confidence) / 2)) * sd / math.sqrt(n)
    return Estimate(n=n, mean=mean, sd=sd, low=mean - half, high=mean + half)
