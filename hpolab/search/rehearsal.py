"""How many epochs trials will train: a rehearsal of the pruner with made-up trials."""

from __future__ import annotations

import binascii
import math
from bisect import bisect_left, insort
from collections import defaultdict
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from hpolab.search.options import Hyperband, Median, PrunerSpec

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["rehearse"]

_REHEARSALS = 32
_TRIALS = 500


@lru_cache(maxsize=8)
def rehearse(pruner: PrunerSpec, *, epochs: int) -> tuple[tuple[int, ...], ...]:
    """Epochs that each of 500 trials trains in a number of rehearsals, shape (500, rehearsals).

    A made-up trial has a quality drawn evenly from [0, 1), which is its score in all epochs, and
    trials come one after another. So this says what the rule of the pruner alone does: the
    median of completed trials rises as only better ones complete, so ever fewer do; Hyperband
    promotes more at first, when there is nobody to compare with.

    Args:
        pruner: Its name and options.
        epochs: How many a trial trains at most.
    """
    rehearsals = []
    for seed in range(_REHEARSALS):
        random, judge = Random(seed), _judge_of(pruner, epochs)
        rehearsals.append([judge(number, random.random()) for number in range(_TRIALS)])
    return tuple(zip(*rehearsals, strict=True))


def _judge_of(pruner: PrunerSpec, epochs: int) -> Callable[[int, float], int]:
    """A function that gives the epochs of a trial with this number and quality."""
    if isinstance(pruner.options, Median):
        return _median(pruner.options, epochs)
    if isinstance(pruner.options, Hyperband):
        return _hyperband(pruner.options, epochs)
    return lambda _number, _quality: epochs


def _median(options: Median, epochs: int) -> Callable[[int, float], int]:
    completed: list[float] = []
    first_judged = options.warmup_epochs + 1

    def judge(_number: int, quality: float) -> int:
        n = len(completed)
        if n >= options.n_startup_trials and first_judged < epochs:
            middle = (completed[(n - 1) // 2] + completed[n // 2]) / 2
            if quality < middle:
                return first_judged
        insort(completed, quality)
        return epochs

    return judge


def _hyperband(options: Hyperband, epochs: int) -> Callable[[int, float], int]:
    """Optuna's version, which promotes at once: the best of the first, then one in ``factor``."""
    factor, smallest = options.reduction_factor, options.min_epochs
    largest = min(options.max_epochs or epochs, epochs)
    n = math.floor(math.log(max(1, largest // smallest), factor) + 1e-9) + 1
    sizes = [math.ceil(n * factor ** (n - 1 - b) / (n - b)) for b in range(n)]
    rungs: dict[tuple[int, int], list[float]] = defaultdict(list)

    def judge(number: int, quality: float) -> int:
        place = binascii.crc32(f"hpolab_{number}".encode()) % sum(sizes)
        bracket = next(b for b in range(n) if place < sum(sizes[: b + 1]))
        rung = 0
        epoch: int = smallest * factor**bracket
        while epoch < epochs:
            there = rungs[bracket, rung]
            insort(there, quality)
            promoted = max(1, len(there) // factor)
            if bisect_left(there, quality) < len(there) - promoted:
                return epoch
            rung, epoch = rung + 1, epoch * factor
        return epochs

    return judge
