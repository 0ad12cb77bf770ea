from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.events import Event, ExplorationChanged, TrialEnded, TrialStarted
from hpolab.search import PrunerSpec, SamplerSpec, Search, can_explore
from hpolab.search.exploration import is_explored
from hpolab.search.options import SAMPLERS
from hpolab.space import Params, SearchSpace

Build = Callable[..., Search]

LEARNING = {
    "tpe": {"name": "tpe", "n_startup_trials": 3},
    "cma-es": {"name": "cma-es", "population_size": 4},
    "nsga2": {"name": "nsga2", "population_size": 4},
    "gp": {"name": "gp", "n_startup_trials": 3},
    "genetic": {"name": "genetic", "population": 4},
    "pso": {"name": "pso", "population": 4},
    "de": {"name": "de", "population": 4},
    "shade": {"name": "shade", "population": 4},
    "sa": {"name": "sa", "chains": 3},
    "acor": {"name": "acor", "archive": 4, "ants": 3},
}
AVAILABLE = [name for name in LEARNING if name != "gp" or find_spec("torch")]


def score(params: Params) -> float:
    dropout = params["dropout"]
    assert isinstance(dropout, float)
    return dropout


def run(search: Search, journal: list[Event], last: int, shares: dict[int, float]) -> None:
    """Ask for and end trials up to ``last``, changing the exploration before some of them."""
    first = sum(isinstance(event, TrialStarted) for event in journal)
    for number in range(first, last):
        if number in shares:
            journal.append(ExplorationChanged(share=shares[number]))
            search.explore(shares[number])
        params = search.ask(number)
        journal.append(TrialStarted(trial=number, params=params, seed=0))
        facts: dict[str, Any] = {"trial": number, "attempt": 1, "epochs": 1}
        journal.append(TrialEnded(**facts, state="completed", score=score(params)))
        search.tell(number, score(params), "completed")


def proposed(journal: list[Event]) -> list[Params]:
    return [event.params for event in journal if isinstance(event, TrialStarted)]


@given(
    share=st.floats(0, 1), seed=st.integers(0, 2**31 - 1), first=st.integers(0, 10**4),
    n=st.integers(1, 200),
)  # fmt: skip
def test_among_any_trials_in_a_row_about_the_share_is_explored(
    share: float, seed: int, first: int, n: int
) -> None:
    chosen = sum(is_explored(i, share=share, seed=seed) for i in range(first, first + n))

    assert abs(chosen - share * n) <= 3


@given(low=st.floats(0, 1), high=st.floats(0, 1), number=st.integers(0, 10**6))
def test_a_larger_share_explores_the_same_trials_and_more(
    low: float, high: float, number: int
) -> None:
    low, high = min(low, high), max(low, high)

    assert is_explored(number, share=low, seed=3) <= is_explored(number, share=high, seed=3)
    assert not is_explored(number, share=0, seed=3)
    assert is_explored(number, share=1, seed=3)


@pytest.mark.parametrize("name", AVAILABLE)
def test_explored_trials_are_those_that_random_would_propose(search: Build, name: str) -> None:
    random, exploring = search("random"), search(LEARNING[name])
    blind: list[Event] = []
    journal: list[Event] = []
    run(random, blind, 16, {})
    run(exploring, journal, 16, {8: 1.0, 12: 0.0})

    same = [a == b for a, b in zip(proposed(journal), proposed(blind), strict=True)]
    assert all(same[8:12])
    assert not any(same[12:])


@pytest.mark.parametrize("name", AVAILABLE)
def test_a_resumed_search_explores_as_the_uninterrupted_one(search: Build, name: str) -> None:
    shares = {4: 0.5, 14: 0.2}
    whole: list[Event] = []
    run(search(LEARNING[name]), whole, 22, shares)

    journal: list[Event] = []
    run(search(LEARNING[name]), journal, 11, shares)
    resumed = search(LEARNING[name])
    resumed.replay(journal)
    run(resumed, journal, 22, shares)

    assert proposed(journal) == proposed(whole)


def test_samplers_that_do_not_learn_have_nothing_to_explore() -> None:
    able = {name for name in SAMPLERS if can_explore(SamplerSpec.parse(name))}

    assert able == set(LEARNING)


SPACE_WITH_START = SearchSpace.parse({"x": {"low": 0.0, "high": 1.0, "start": 0.3}})


def search_from_start(sampler: str) -> Search:
    return Search(
        SPACE_WITH_START,
        sampler=SamplerSpec.parse(sampler),
        pruner=PrunerSpec.parse("none"),
        seed=5,
        epochs=3,
    )


def test_tpe_begins_at_the_start_that_the_space_names_and_goes_on_at_random() -> None:
    begun, blind = search_from_start("tpe"), search_from_start("random")

    assert begun.ask(0) == {"x": 0.3} != blind.ask(0)
    assert begun.ask(1) == blind.ask(1)


def test_a_search_that_explores_does_not_begin_at_the_start() -> None:
    exploring = search_from_start("tpe")
    exploring.explore(1.0)

    assert exploring.ask(0) == search_from_start("random").ask(0)
