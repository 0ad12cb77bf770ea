from __future__ import annotations

import numpy as np
import pytest

from hpolab.race.significance import judge, least_seeds

NAMES = ("pso", "de", "shade")


def test_one_that_always_wins_is_told_apart() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(15, 3)) - np.array([0.0, 0.0, 9.0])
    verdict = judge(NAMES, scores)
    assert verdict.leader == "shade"
    assert set(verdict.beaten) == {"pso", "de"}
    assert verdict.p is not None
    assert verdict.p < 0.001
    assert verdict.words.startswith("shade is ahead, with a mean rank of 1.00. It is better than")


def test_luck_is_called_luck() -> None:
    """Of races between equals, at most about one in twenty has a winner."""
    rng = np.random.default_rng(1)
    told = [bool(judge(NAMES, rng.normal(size=(12, 3))).beaten) for _ in range(60)]
    assert sum(told) <= 7


@pytest.mark.parametrize("contenders", [2, 3, 5])
def test_with_too_few_seeds_nothing_is_claimed_and_with_enough_it_can_be(contenders: int) -> None:
    names = [f"c{number}" for number in range(contenders)]
    needed = least_seeds(contenders)
    for seeds in (needed - 1, needed):
        rng = np.random.default_rng(2)
        scores = 0.01 * rng.normal(size=(seeds, contenders)) + np.arange(contenders)
        verdict = judge(names, scores)
        assert verdict.leader == "c0"
        assert bool(verdict.beaten) == (seeds == needed)
        assert (f"it takes {needed}" in verdict.words) == (seeds < needed)


def test_equals_are_not_told_apart_and_nobody_is_compared_with_none() -> None:
    assert judge(NAMES, np.ones((20, 3))).beaten == ()
    assert judge(NAMES, np.empty((0, 3))).leader is None
    assert judge(("pso",), np.ones((5, 1))).words == "pso has raced alone."
