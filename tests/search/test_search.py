from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from random import Random

import optuna
import pytest

from hpolab.errors import HpolabError, SpaceError
from hpolab.search import Search, configuration_key
from hpolab.search.options import SAMPLERS
from hpolab.space import Params, SearchSpace

Build = Callable[..., Search]
Curve = Callable[[int, Params], Sequence[float]]

AVAILABLE = [name for name in SAMPLERS if name != "gp" or find_spec("torch")]


def spec(sampler: str) -> object:
    return {"name": sampler, "points": 3} if sampler == "grid" else sampler


def run_one(search: Search, number: int, scores: Sequence[float]) -> str:
    """Report a trial's epochs and tell its end; the reason if it was pruned."""
    for epoch, score in enumerate(scores, start=1):
        if reason := search.report(number, epoch, score):
            search.tell(number, None, "pruned")
            return reason
    search.tell(number, scores[-1], "completed")
    return ""


@pytest.mark.parametrize("sampler", AVAILABLE)
def test_proposals_are_members_of_the_space_in_plain_types(
    sampler: str, space: SearchSpace, search: Build, curve: Curve
) -> None:
    running = search(spec(sampler))
    for number in range(25):
        params = running.ask(number)
        space.check(params)
        assert {type(value) for value in params.values()} <= {bool, int, float, str}
        assert params["batch"] == 64
        run_one(running, number, curve(number, params))


@pytest.mark.parametrize("sampler", ["random", "grid", "qmc"])
def test_proposals_do_not_depend_on_workers_or_on_what_they_find(
    sampler: str, search: Build, curve: Curve
) -> None:
    alone = search(spec(sampler), "median")
    expected = []
    for number in range(30):
        expected.append(alone.ask(number))
        run_one(alone, number, curve(number, expected[number]))

    together = search(spec(sampler), "median")
    order = Random(3)
    running: list[int] = []
    for number in range(30):
        assert together.ask(number) == expected[number]
        running.append(number)
        while len(running) >= 3:
            done = running.pop(order.randrange(len(running)))
            together.tell(done, order.random(), order.choice(["completed", "failed"]))


@pytest.mark.parametrize("sampler", ["tpe", "cma-es", "nsga2"])
def test_the_order_in_which_running_trials_end_does_not_matter(
    sampler: str, search: Build, curve: Curve
) -> None:
    options = {"name": sampler}
    if sampler == "nsga2":
        options |= {"population_size": 4}
    searches = [search(options), search(options)]
    for batch in range(8):
        numbers = list(range(4 * batch, 4 * batch + 4))
        proposals = [[each.ask(number) for number in numbers] for each in searches]
        assert proposals[0] == proposals[1]
        for each, order in zip(searches, (numbers, numbers[::-1]), strict=True):
            for number in order:
                run_one(each, number, curve(number, proposals[0][number % 4]))


def test_another_seed_proposes_something_else(search: Build) -> None:
    for sampler in ("tpe", "random", "grid", "qmc"):
        one, other = search(spec(sampler), seed=1), search(spec(sampler), seed=2)
        assert [one.ask(n) for n in range(3)] != [other.ask(n) for n in range(3)]


def test_tpe_learns_what_is_good(search: Build, curve: Curve) -> None:
    running = search("tpe")
    dropouts = []
    for number in range(50):
        params = running.ask(number)
        dropouts.append(params["dropout"])
        run_one(running, number, curve(number, params))
    assert sum(dropouts[-20:]) / 20 > sum(dropouts[:10]) / 10 + 0.1


def test_known_results_steer_the_first_proposals(search: Build, space: SearchSpace) -> None:
    donor = search("random", seed=99)
    informed = search("tpe")
    for number in range(40):
        params = donor.ask(number)
        informed.restore(number, params)
        informed.tell(number, float(params["dropout"]), "completed")
    first = [float(informed.ask(40 + number)["dropout"]) for number in range(10)]
    naive = search("tpe")
    assert sum(first) > sum(float(naive.ask(number)["dropout"]) for number in range(10)) + 1
    with pytest.raises(SpaceError):
        informed.restore(50, {"units": 3})


@pytest.mark.parametrize("sampler", ["grid", "random", "tpe", "qmc"])
def test_a_finite_space_is_exhausted_when_all_of_it_was_proposed(
    sampler: str, search: Build, small_space: SearchSpace
) -> None:
    running = search(sampler, over=small_space)
    seen: set[str] = set()
    number = 0
    while not running.exhausted():
        assert number < 500
        seen.add(configuration_key(running.ask(number)))
        running.tell(number, 0.5, "completed")
        number += 1
    assert len(seen) == 10
    assert sampler != "grid" or number == 10


def test_a_finished_grid_is_not_asked_again(search: Build, small_space: SearchSpace) -> None:
    running = search("grid", over=small_space)
    for number in range(10):
        running.ask(number)
    with pytest.raises(HpolabError, match="all 10 configurations"):
        running.ask(10)


def test_a_continuous_space_is_never_exhausted(search: Build) -> None:
    running = search("random")
    running.ask(0)
    assert not running.exhausted()


def test_a_space_without_anything_to_vary_is_searched_once(search: Build) -> None:
    for sampler in ("tpe", "random", "grid", "qmc", "cma-es", "nsga2"):
        running = search(sampler, over=SearchSpace.parse({"a": 3, "b": {"low": 2, "high": 2}}))
        assert not running.exhausted()
        assert running.ask(0) == {"a": 3, "b": 2}
        running.tell(0, 0.5, "completed")
        assert running.exhausted()


@pytest.mark.parametrize("sampler", AVAILABLE)
def test_a_trial_that_shares_a_pruned_result_has_no_curve_and_harms_nothing(
    sampler: str, search: Build
) -> None:
    running = search(spec(sampler), "hyperband")
    for number in range(30):
        running.ask(number)
        running.tell(number, None, "pruned") if number % 2 else run_one(running, number, [0.5])


def test_cma_es_keeps_moving_numbers_when_conditions_come_and_go(
    search: Build, curve: Curve
) -> None:
    running = search({"name": "cma-es", "population_size": 5})
    spread = []
    for number in range(100):
        params = running.ask(number)
        spread.append(float(params["dropout"]))
        run_one(running, number, curve(number, params))
    assert sum(spread[-20:]) / 20 > 0.4


def test_misuse_is_told_apart(search: Build) -> None:
    running = search("random")
    with pytest.raises(HpolabError, match="trial 0 is the next one"):
        running.ask(1)
    with pytest.raises(HpolabError, match="has not been asked for"):
        running.report(0, 1, 0.5)
    running.ask(0)
    with pytest.raises(HpolabError, match="tell it as failed"):
        running.tell(0, float("nan"), "completed")
    running.tell(0, None, "failed")
    with pytest.raises(HpolabError, match="has ended already"):
        running.tell(0, 0.5, "completed")


def test_what_optuna_raises_is_translated(search: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise optuna.exceptions.StorageInternalError("disk on fire")

    monkeypatch.setattr(optuna.samplers.RandomSampler, "sample_independent", broken)
    with pytest.raises(HpolabError, match=r"proposing trial 0 failed.*disk on fire") as caught:
        search("random").ask(0)
    assert isinstance(caught.value.__cause__, optuna.exceptions.OptunaError)


def test_optuna_is_silent_here_and_speaks_as_before_elsewhere(
    search: Build, curve: Curve, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("optuna")
    level, logger.propagate = logger.level, True
    try:
        with warnings.catch_warnings(), caplog.at_level(logging.INFO):
            warnings.simplefilter("error")
            running = search("cma-es", "hyperband")
            for number in range(5):
                run_one(running, number, curve(number, running.ask(number)))
            assert not caplog.records
            optuna.create_study()
            assert any("A new study" in record.message for record in caplog.records)
    finally:
        logger.propagate = False
    assert logger.level == level
