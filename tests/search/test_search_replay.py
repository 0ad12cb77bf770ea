from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec

import pytest
from optuna.trial import TrialState

from hpolab.errors import HpolabError, SpaceError
from hpolab.events import EpochEnded, Event, Noted, TrialEnded, TrialStarted
from hpolab.search import Search
from hpolab.search.options import SAMPLERS
from hpolab.space import Params
from hpolab.trial import EpochRecord

Build = Callable[..., Search]
Curve = Callable[[int, Params], Sequence[float]]

AVAILABLE = [name for name in SAMPLERS if name != "gp" or find_spec("torch")]
SPECS: dict[str, object] = {
    "gp": {"name": "gp", "n_startup_trials": 20},
    "grid": {"name": "grid", "points": 3},
    "nsga2": {"name": "nsga2", "population_size": 4},
    "cma-es": {"name": "cma-es", "population_size": 4},
    "genetic": {"name": "genetic", "population": 4},
    "pso": {"name": "pso", "population": 4},
    "de": {"name": "de", "population": 4},
    "shade": {"name": "shade", "population": 4},
    "sa": {"name": "sa", "chains": 4},
    "acor": {"name": "acor", "archive": 4, "ants": 3},
}


class Coordinator:
    """Runs trials two at a time and writes down what happens, as the real one does."""

    def __init__(self, search: Search, curve: Curve) -> None:
        self.search, self.curve = search, curve
        self.journal: list[Event] = []
        self.open: dict[int, Params] = {}

    def start(self, number: int) -> None:
        params = self.search.ask(number)
        self.journal.append(TrialStarted(trial=number, params=params, seed=0))
        self.open[number] = params

    def epoch(self, number: int, epoch: int) -> str:
        score = self.curve(number, self.open[number])[epoch - 1]
        record = EpochRecord(
            epoch=epoch,
            train_loss=1.0,
            train_accuracy=0.5,
            val_loss=1.0,
            val_accuracy=0.5,
            learning_rate=0.1,
            seconds=1.0,
        )
        self.journal.append(EpochEnded(trial=number, attempt=1, epoch=record, score=score))
        return self.search.report(number, epoch, score)

    def end(self, number: int, state: str, score: float | None, epochs: int) -> None:
        self.journal.append(
            TrialEnded.parse(
                {"trial": number, "attempt": 1, "state": state, "epochs": epochs, "score": score}
            )
        )
        self.search.tell(number, score, self.journal[-1].state)  # type: ignore[union-attr]
        del self.open[number]

    def train(self, number: int) -> None:
        scores = self.curve(number, self.open[number])
        if number % 9 == 4:
            return self.end(number, "failed", None, 0)
        for epoch in range(1, len(scores) + 1):
            if self.epoch(number, epoch):
                return self.end(number, "pruned", None, epoch)
        return self.end(number, "completed", scores[-1], len(scores))

    def go_on(self, first: int, last: int) -> list[TrialStarted]:
        """Keep two trials open: the older one ends before the next one starts."""
        for number in range(first, last):
            self.start(number)
            if len(self.open) == 2:
                self.train(min(self.open))
        return [event for event in self.journal if isinstance(event, TrialStarted)]


@pytest.mark.parametrize("pruner", ["none", "median", "hyperband"])
@pytest.mark.parametrize("sampler", AVAILABLE)
def test_an_interrupted_search_goes_on_as_if_it_had_not_been(
    sampler: str, pruner: str, search: Build, curve: Curve
) -> None:
    spec = SPECS.get(sampler, sampler)
    whole = Coordinator(search(spec, pruner), curve)
    expected = whole.go_on(0, 30)

    before = Coordinator(search(spec, pruner), curve)
    before.go_on(0, 13)
    after = Coordinator(search(spec, pruner), curve)
    after.journal = [*before.journal, Noted(message="the coordinator was killed")]
    after.search.replay(after.journal)
    after.open = dict(before.open)
    assert after.go_on(13, 30) == expected
    assert [e for e in after.journal if not isinstance(e, Noted)] == whole.journal


def test_a_trial_that_was_running_is_trained_again_and_told(search: Build, curve: Curve) -> None:
    before = Coordinator(search("tpe", "median"), curve)
    before.go_on(0, 12)
    (open_trial,) = before.open
    before.epoch(open_trial, 1)
    before.epoch(open_trial, 2)

    after = Coordinator(search("tpe", "median"), curve)
    after.search.replay(before.journal)
    after.open = dict(before.open)
    after.train(open_trial)
    assert not after.open
    with pytest.raises(HpolabError, match="has ended already"):
        after.search.tell(open_trial, 0.5, "completed")


@pytest.mark.parametrize("sampler", ["tpe", "cma-es", "nsga2", "random", "qmc"])
def test_recorded_facts_win_over_what_would_be_proposed_now(
    sampler: str, search: Build, curve: Curve
) -> None:
    spec = SPECS.get(sampler, sampler)
    before = Coordinator(search(spec, seed=1), curve)
    before.go_on(0, 20)
    after = search(spec, seed=2)
    after.replay(before.journal)
    completed = [t for t in after._study.trials if t.state == TrialState.COMPLETE]
    ended = {e.trial for e in before.journal if isinstance(e, TrialEnded) and e.score}
    started = [e for e in before.journal if isinstance(e, TrialStarted)]
    assert [t.params["dropout"] for t in completed] == [
        event.params["dropout"] for event in started if event.trial in ended
    ]
    assert after.ask(20)


def test_a_recorded_configuration_outside_the_space_is_refused(search: Build) -> None:
    with pytest.raises(SpaceError, match="must be given"):
        search("tpe").restore(0, {"units": 8})


def test_a_journal_that_tells_no_story_is_refused(search: Build) -> None:
    event = TrialEnded(trial=0, attempt=1, state="failed", epochs=0)
    with pytest.raises(HpolabError, match="has not been asked for"):
        search("tpe").replay([event])
