"""Why tpe proposed what it did: the densities that it had, and the words for them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hpolab.errors import HpolabError
from hpolab.events import (
    EpochEnded,
    Event,
    ExplorationChanged,
    TrialEnded,
    TrialInherited,
    TrialStarted,
)
from hpolab.search import Explainer, PrunerSpec, SamplerSpec, Search
from hpolab.search.explain import ratio_in_words, why
from hpolab.space import Params, SearchSpace
from hpolab.trial import EpochRecord

Build = Callable[..., Search]

PEAK = SearchSpace.parse({"rate": {"low": 1e-4, "high": 1e-1, "log": True}})
EPOCH = EpochRecord(
    epoch=1,
    train_loss=1.0,
    train_accuracy=0.5,
    val_loss=1.0,
    val_accuracy=0.5,
    learning_rate=0.1,
    seconds=1.0,
)


def explainer(space: SearchSpace, sampler: Any = "tpe", **changes: Any) -> Explainer:
    fields = {"pruner": PrunerSpec.parse("median"), "seed": 7, "epochs": 6, **changes}
    return Explainer(space, sampler=SamplerSpec.model_validate(sampler), **fields)


def story(search: Search, n_trials: int, score: Callable[[Params], float]) -> list[Event]:
    """What a journal says of three workers that end in any order; some trials fail."""
    chance, running, events = random.Random(1), [], []
    for number in range(n_trials):
        params = search.ask(number)
        events.append(TrialStarted(trial=number, params=params, seed=0))
        running.append((number, params))
        while len(running) > (2 if number < n_trials - 1 else 0):
            ending, its = running.pop(chance.randrange(len(running)))
            told = _end(search, ending, score(its), fails=chance.random() < 0.1)
            events += told
    return events


def _end(search: Search, number: int, score: float, *, fails: bool) -> list[Event]:
    record = EPOCH.replace(epoch=2)
    reason = search.report(number, 2, score)
    state: Any = "failed" if fails else "pruned" if reason else "completed"
    search.tell(number, score, state)
    ended = TrialEnded(trial=number, attempt=1, state=state, score=score, epochs=2, seconds=1.0)
    return [EpochEnded(trial=number, attempt=1, epoch=record, score=score), ended]


def height(params: Params) -> float:
    """Best near a dropout of 0.4, with many layers."""
    dropout, layers = params["dropout"], params["layers"]
    assert isinstance(dropout, float)
    assert isinstance(layers, int)
    return 0.5 - abs(dropout - 0.4) + layers / 100


def peak(params: Params) -> float:
    """Best at a rate of 0.003."""
    return 1 - abs(np.log10(float(params["rate"])) - np.log10(0.003))


@pytest.fixture
def heard(search: Build, space: SearchSpace) -> Explainer:
    """Seventy trials over parameters of every kind."""
    known = explainer(space)
    known.take_in(story(search("tpe", "median"), 70, height))
    return known


@pytest.fixture(scope="module")
def climbed() -> Explainer:
    """Forty trials over a single learning rate."""
    sampler, pruner = SamplerSpec.parse("tpe"), PrunerSpec.parse("none")
    search = Search(PEAK, sampler=sampler, pruner=pruner, seed=7, epochs=6)
    known = explainer(PEAK, pruner=pruner)
    known.take_in(story(search, 40, peak))
    return known


@pytest.mark.parametrize("number", [20, 40, 69])
def test_both_densities_integrate_to_one_over_the_axis(heard: Explainer, number: int) -> None:
    densities = heard.explain(number).densities
    assert densities.keys() >= {"units", "layers", "rate", "dropout", "optimizer", "flag"}
    for density in densities.values():
        widths = np.array(density.widths)
        assert widths.sum() == pytest.approx(1)
        assert widths @ np.array(density.good) == pytest.approx(1, abs=1e-3)
        assert widths @ np.array(density.other) == pytest.approx(1, abs=1e-3)


def test_where_nothing_is_known_of_a_value_the_density_is_that_of_a_draw_at_random() -> None:
    """With one trial per half the prior counts as much; far from both it is all there is."""
    known = explainer(PEAK, {"name": "tpe", "n_startup_trials": 0})
    known.take_in([TrialStarted(trial=0, params={"rate": 0.01}, seed=0)])
    density = known.explain(0).densities["rate"]
    prior = np.array(density.good)
    assert density.good == density.other
    assert density.ratio == pytest.approx(1)
    assert 0.8 < prior.min() < prior.max() < 1.2


def test_asked_again_the_sampler_says_the_same(heard: Explainer) -> None:
    assert all("the record counts" not in heard.explain(number).words for number in range(70))


def test_candidates_go_where_good_is_dense_and_other_is_not(climbed: Explainer) -> None:
    density = climbed.explain(39).densities["rate"]
    ratios = np.array(density.good) / np.array(density.other)
    assert density.ratio > np.quantile(ratios, 0.9)
    assert density.ratio > 1
    assert abs(np.log10(float(density.value)) - np.log10(0.003)) < 0.5


def test_the_density_of_one_is_that_of_all_with_the_others_averaged_out(
    heard: Explainer,
) -> None:
    thought = heard._known[69].thoughts[0]
    draws = thought.below.sample(np.random.RandomState(0), 4000)["optimizer"]
    good = heard.explain(69).densities["optimizer"].good
    assert np.mean(draws == 0) == pytest.approx(good[0] / 2, abs=0.03)
    assert sum(good) == pytest.approx(2)


def test_good_and_other_trials_are_the_tenth_and_the_rest_of_those_that_have_ended(
    climbed: Explainer,
) -> None:
    density = climbed.explain(39).densities["rate"]
    n_good, n_other = len(density.good_seen.values), len(density.other_seen.values)
    assert n_good == 4
    assert 30 <= n_good + n_other <= 39
    assert min(peak({"rate": v}) for v in density.good_seen.values) > 0.9
    assert f"tpe calls 4 trials good and {n_other} not." in climbed.explain(39).words


def test_random_trials_say_so(heard: Explainer) -> None:
    told = heard.explain(5)
    assert told.origin == "random"
    assert told.words.startswith("Drawn at random: the first 10 are")
    assert not told.densities
    assert heard.explain(69).origin == "model"


def test_the_start_of_the_space_and_explored_trials_are_told_from_others(
    search: Build,
) -> None:
    begun = SearchSpace.parse({"dropout": {"low": 0.0, "high": 0.5, "start": 0.2}, "layers": 3})
    asked = search({"name": "tpe", "n_startup_trials": 1}, over=begun)
    known = explainer(begun, {"name": "tpe", "n_startup_trials": 1})
    events = story(asked, 4, height)
    known.take_in(events)
    assert known.explain(0).origin == "start"
    assert known.explain(3).origin == "model"

    asked = search({"name": "tpe", "n_startup_trials": 1}, over=begun)
    asked.explore(1.0)
    known = explainer(begun, {"name": "tpe", "n_startup_trials": 1})
    known.take_in([ExplorationChanged(share=1.0), *story(asked, 4, height)])
    assert {known.explain(number).origin for number in range(4)} == {"explored"}


def test_what_another_machine_recorded_counts_and_is_told(search: Build) -> None:
    events = story(search("tpe", over=PEAK), 20, peak)
    at = max(i for i, event in enumerate(events) if isinstance(event, TrialStarted))
    known = explainer(PEAK)
    started = events[at]
    assert isinstance(started, TrialStarted)
    known.take_in([*events[:at], started.replace(params={"rate": 0.05}), *events[at + 1 :]])
    told = known.explain(19)
    assert "the record counts" in told.words
    assert told.densities["rate"].value == 0.05


def test_other_samplers_and_inherited_trials_have_no_densities(search: Build) -> None:
    known = explainer(PEAK, "cma-es")
    known.take_in(story(search("cma-es", over=PEAK), 6, peak))
    assert known.explain(5).origin == "unknown"
    assert "only tpe does" in known.explain(5).words
    assert not known.explain(5).densities

    known = explainer(PEAK)
    ended = TrialEnded(trial=0, attempt=1, state="completed", score=0.5, epochs=1, seconds=1.0)
    known.take_in([TrialInherited(trial=0, params={"rate": 0.01}, seed=0, ended=ended)])
    assert known.explain(0).origin == "inherited"


def test_each_on_its_own_is_told_as_such(search: Build, space: SearchSpace) -> None:
    sampler = {"name": "tpe", "multivariate": False}
    known = explainer(space, sampler, pruner=PrunerSpec.parse("none"))
    known.take_in(story(search(sampler), 30, height))
    told = known.explain(29)
    assert "For each hyperparameter it drew 24 candidates" in told.words
    for name, density in told.densities.items():
        thought = next(t for t in known._known[29].thoughts if name in t.space)
        assert density.ratio == pytest.approx(float(np.exp(thought.gain.max())))


def test_a_trial_that_was_not_proposed_cannot_be_explained() -> None:
    with pytest.raises(HpolabError, match="trial 3 has not been proposed; there are 0"):
        explainer(PEAK).explain(3)


@pytest.mark.parametrize(
    ("good", "words"),
    [
        ([0.3], "the best trial so far lies between 0.2 and 0.4, and 1 of the 2 others."),
        ([0.9], "no good trial so far lies between 0.2 and 0.4, but 1 of the 2 others."),
        ([0.3, 0.9, 0.9], "1 of the 3 best trials so far lies between"),
        ([0.3, 0.3, 0.9], "2 of the 3 best trials so far lie between"),
        ([0.9, 0.9], "none of the 2 best trials so far lie between"),
        ([0.3, 0.3], "all 2 best trials so far lie between"),
    ],
)
def test_the_words_count_rightly(good: list[float], words: str) -> None:
    told = why("x", 0.3, (0.2, 0.4), good=good, other=[0.3, 0.9], ratio=2, is_joint=True)
    assert words in told
    assert told.endswith("Here the good density is 2.0 times the other.")


def test_a_value_that_did_not_speak_for_itself_is_told_as_such() -> None:
    told = why("a", "x", ("x", "x"), good=["y"], other=["x"], ratio=0.5, is_joint=True)
    assert told.endswith("0.5 times the other: the rest of the configuration spoke for it.")


def test_options_that_python_takes_for_equal_are_told_apart() -> None:
    told = why("a", True, (True, True), good=[1, True, True], other=[1], ratio=2, is_joint=False)
    assert "2 of the 3 best trials so far have yes, and 0 of the 1 others" in told


@pytest.mark.parametrize(
    ("ratio", "words"), [(3.14, "3.1"), (38.2, "38"), (1234.0, "1,234"), (0.052, "0.052")]
)
def test_a_ratio_is_said_in_two_digits_or_so(ratio: float, words: str) -> None:
    assert ratio_in_words(ratio) == words
