"""Samplers that evolve a population: who is a member, what counts, and what is never repeated."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.trial import TrialState

from hpolab.errors import ConfigError
from hpolab.events import EpochEnded, Event, TrialEnded, TrialInherited, TrialStarted
from hpolab.evolution import ALGORITHMS
from hpolab.search import PrunerSpec, SamplerSpec, Search, configuration_key, evolution_sampler
from hpolab.search._generations import error_of
from hpolab.search.options import SAMPLERS
from hpolab.search.populations import Evolving
from hpolab.space import Params, SearchSpace
from hpolab.trial import EpochRecord

Build = Callable[..., Search]

SMALL: dict[str, dict[str, Any]] = {
    "genetic": {"population": 5},
    "pso": {"population": 5},
    "de": {"population": 5},
    "shade": {"population": 5},
    "sa": {"chains": 3},  # after 20 at random
    "acor": {"archive": 5, "ants": 3},
}
EPOCH = EpochRecord(
    epoch=1, train_loss=1.0, train_accuracy=0.5, val_loss=1.0, val_accuracy=0.5,
    learning_rate=0.1, seconds=1.0,
)  # fmt: skip
LUCK = range(5)
NAMES = st.sampled_from(list(SMALL))
every_sampler = pytest.mark.parametrize("name", SMALL)

PEAK = SearchSpace.parse(
    {
        "rate": {"low": 1e-5, "high": 1.0, "log": True},
        "units": {"low": 1, "high": 200},
        "optimizer": ["adam", "sgd"],
        "momentum": {"low": 0.0, "high": 1.0, "only_if": {"optimizer": "sgd"}},
    }
)


def height(params: Params) -> float:
    """Highest, at 1, with sgd: a rate of 0.01, 150 units, a momentum of 0.9."""
    away = abs(math.log10(float(params["rate"])) + 2) / 5 + abs(float(params["units"]) - 150) / 200
    away += abs(float(params["momentum"]) - 0.9) if params["optimizer"] == "sgd" else 0.8
    return 1 - away


def peak_search(spec: object, *, seed: int = 3, pruner: str = "none") -> Search:
    return Search(
        PEAK,
        sampler=SamplerSpec.model_validate(spec),
        pruner=PrunerSpec.parse(pruner),
        seed=seed,
        epochs=4,
    )


def best_of(spec: object, *, trials: int, seed: int, workers: int = 1) -> float:
    """The best height that a search finds whose trials end in any order."""
    search, chance = peak_search(spec, seed=seed), random.Random(seed)
    running: dict[int, Params] = {}
    reached = []
    for number in range(trials):
        running[number] = search.ask(number)
        if len(running) == workers:
            done = chance.choice(list(running))
            reached.append(height(running.pop(done)))
            search.tell(done, reached[-1], "completed")
    return max(reached)


# Learning


@pytest.fixture(scope="module")
def by_chance() -> list[float]:
    """How far random search stays below the peak, with each of LUCK."""
    return [1 - best_of("random", trials=100, seed=seed) for seed in LUCK]


@every_sampler
@pytest.mark.parametrize("workers", [1, 4])
def test_every_sampler_comes_closer_than_random_search(
    name: str, workers: int, by_chance: list[float]
) -> None:
    ours = [1 - best_of(name, trials=100, seed=seed, workers=workers) for seed in LUCK]

    assert sum(ours) < 0.7 * sum(by_chance)


# Going on


class Story:
    """Trials one after another, each with its fate, written down as the coordinator does."""

    def __init__(self, spec: object, fates: list[str], seed: int) -> None:
        self.make = lambda: peak_search(spec, seed=seed)
        self.search = self.make()
        self.fates = fates
        self.journal: list[Event] = []

    def begin(self, number: int) -> None:
        params = self.search.ask(number)
        self.journal.append(TrialStarted(trial=number, params=params, seed=0))

    def end(self, number: int) -> None:
        fate, score = self.fates[number], round(height(self.journal[-1].params), 2)  # type: ignore[union-attr]
        if fate != "unseen":
            self.journal.append(EpochEnded(trial=number, attempt=1, epoch=EPOCH, score=score / 2))
            self.search.report(number, 1, score / 2)
        state: Any = {"unseen": "pruned"}.get(fate, fate)
        told = score if state == "completed" else None
        self.journal.append(TrialEnded(trial=number, attempt=1, state=state, epochs=1, score=told))
        self.search.tell(number, told, state)

    def interrupt(self) -> None:
        self.search = self.make()
        self.search.replay(self.journal)


FATES = st.lists(
    st.sampled_from(["completed"] * 5 + ["pruned", "failed", "cancelled", "unseen"]),
    min_size=30,
    max_size=30,
)


@settings(max_examples=25, deadline=None)
@given(
    name=NAMES, fates=FATES, cut=st.integers(0, 29), is_running=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_a_search_interrupted_at_any_trial_goes_on_as_if_it_had_not_been(
    name: str, fates: list[str], cut: int, is_running: bool, seed: int
) -> None:
    spec = {"name": name, **SMALL[name]}
    whole, interrupted = Story(spec, fates, seed), Story(spec, fates, seed)
    for number in range(30):
        whole.begin(number)
        if number == cut and not is_running:
            interrupted.interrupt()
        interrupted.begin(number)
        if number == cut and is_running:
            interrupted.interrupt()
        whole.end(number)
        interrupted.end(number)

    assert interrupted.journal == whole.journal


@every_sampler
def test_inherited_trials_are_the_first_generations_under_their_new_scores(name: str) -> None:
    spec = {"name": name, **SMALL[name]}
    donor = peak_search("random")
    trials = [(donor.ask(number), number % 3) for number in range(24)]
    heirs = [peak_search(spec), peak_search(spec)]
    for number, (params, score) in enumerate(trials):
        ended = TrialEnded(trial=number, attempt=1, state="completed", epochs=1, score=score / 3)
        heirs[0].replay([TrialInherited(trial=number, params=params, seed=0, ended=ended)])
        heirs[1].replay([TrialStarted(trial=number, params=params, seed=0), ended])

    assert heirs[0].ask(24) == heirs[1].ask(24)
    assert heirs[0].ask(25) == heirs[1].ask(25)


# Several workers


@every_sampler
def test_the_first_generation_does_not_depend_on_workers(name: str) -> None:
    alone, together = (
        peak_search({"name": name, **SMALL[name]}),
        peak_search({"name": name, **SMALL[name]}),
    )
    size = 20 if name == "sa" else 5
    expected = []
    for number in range(size):
        expected.append(alone.ask(number))
        alone.tell(number, height(expected[-1]), "completed")

    assert [together.ask(number) for number in range(size)] == expected


@every_sampler
def test_the_order_in_which_running_trials_end_does_not_matter(name: str) -> None:
    searches = [peak_search({"name": name, **SMALL[name]}) for _ in range(2)]
    for batch in range(8):
        numbers = range(4 * batch, 4 * batch + 4)
        proposals = [[each.ask(number) for number in numbers] for each in searches]
        assert proposals[0] == proposals[1]
        for each, order in zip(searches, (numbers, reversed(numbers)), strict=True):
            for number in order:
                each.tell(number, height(proposals[0][number % 4]), "completed")


@every_sampler
def test_what_a_slow_trial_finds_is_not_lost_on_the_population(name: str) -> None:
    """The next generations begin without it; once it has ended, they are bred as if in time."""
    slow, fast = (peak_search({"name": name, **SMALL[name]}) for _ in range(2))
    for number in range(28):
        params = slow.ask(number)
        if number != 2:
            slow.tell(number, height(params), "completed")
        fast.restore(number, params)
        fast.tell(number, height(params) if number != 2 else 1.0, "completed")
    slow.tell(2, 1.0, "completed")

    assert slow.ask(28) == fast.ask(28)


@every_sampler
def test_more_workers_than_members_get_a_configuration_of_their_own_each(name: str) -> None:
    search = peak_search({"name": name, **SMALL[name]})

    proposed = [search.ask(number) for number in range(25)]

    assert len({configuration_key(params) for params in proposed}) == 25


# Members and what they count for


@every_sampler
def test_no_configuration_is_proposed_twice_while_there_are_others(
    name: str, search: Build, small_space: SearchSpace
) -> None:
    running = search({"name": name, **SMALL[name]}, over=small_space)
    seen = set()
    for number in range(10):
        params = running.ask(number)
        seen.add(configuration_key(params))
        running.tell(number, 1.0 if params["norm"] else 0.5, "completed")

    assert len(seen) == 10
    assert running.exhausted()
    small_space.check(running.ask(10))  # now one has to come again


def told(direction: str, **fate: Any) -> float:
    study = optuna.create_study(direction=direction)
    study.add_trial(optuna.trial.create_trial(**fate))
    return error_of(study.trials[0], study)


def test_a_trial_counts_with_its_score_and_a_pruned_one_with_its_last() -> None:
    assert told("maximize", value=0.8) == -0.8
    assert told("minimize", value=0.8) == 0.8
    assert told("maximize", state=TrialState.PRUNED, value=0.3) == -0.3
    for state in (TrialState.FAIL, TrialState.RUNNING, TrialState.PRUNED):
        assert told("maximize", state=state) == math.inf


def test_the_start_of_the_space_is_a_member_of_the_first_generation(search: Build) -> None:
    begins = SearchSpace.parse({"x": {"low": 0.0, "high": 1.0, "start": 0.3}, "y": [1, 2]})
    running = search({"name": "pso", "population": 4, "neighbours": "all"}, over=begins)
    assert running.ask(0) == {"x": 0.3, "y": 2}
    twins = [
        search({"name": "pso", "population": 4, "neighbours": "all"}, over=begins)
        for _ in range(2)
    ]
    twins[0].restore(0, {"x": 0.3, "y": 2})
    twins[1].restore(0, {"x": 0.8, "y": 2})
    for number in range(4):
        for each in (running, *twins):
            if number:
                each.ask(number)
            each.tell(number, -number, "completed")

    born, *others = ([each.ask(number) for number in range(4, 8)] for each in (running, *twins))

    assert others[0] == born != others[1]


# Options


@pytest.mark.parametrize(
    ("name", "model"), [(n, m) for n, m in SAMPLERS.items() if issubclass(m, Evolving)]
)
def test_options_are_parameters_of_the_algorithm_within_its_ranges(
    name: str, model: type[Evolving]
) -> None:
    algorithm, parameters = model().chosen()
    known = {each.name: each for each in ALGORITHMS[algorithm].parameters}
    schema = model.model_json_schema()["properties"]

    assert set(parameters) <= set(known)
    for option in parameters:
        rule = schema[option].get("anyOf", [schema[option]])[0]
        assert known[option].low <= rule["minimum"]
        assert rule["maximum"] <= known[option].high


def test_a_swarm_knows_its_neighbours_or_all() -> None:
    ring, whole = (
        SamplerSpec.model_validate({"name": "pso", "neighbours": neighbours}).options
        for neighbours in ("ring", "all")
    )
    assert isinstance(ring, Evolving)
    assert isinstance(whole, Evolving)
    assert (ring.chosen()[0], whole.chosen()[0]) == ("pso-ring", "pso")


def test_a_sampler_without_a_population_is_refused() -> None:
    with pytest.raises(ConfigError, match="genetic, pso, de, shade, sa, acor"):
        evolution_sampler("tpe", seed=1)
