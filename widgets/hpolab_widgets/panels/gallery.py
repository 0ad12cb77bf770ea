"""The trials as cards."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import traitlets as t

from hpolab.errors import ConfigError
from hpolab_widgets.panel import Panel
from hpolab_widgets.trials.arranging import ORDERS, arrange
from hpolab_widgets.trials.cards import card, step_of, thinned
from hpolab_widgets.trials.conditions import RELATIONS, read_conditions
from hpolab_widgets.trials.facts import KnownFacts
from hpolab_widgets.trials.standing import NAMES_OF_STATES, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.record import TrialRecord
    from hpolab_widgets.state import SweepState

__all__ = ["Gallery"]

_COMPARED = 2


class Gallery(Panel, front="gallery"):
    """Every trial as a card, the best under the lab's weights first.

    In the order of newest first, cards that somebody points at, or a later page, stay where they
    are when trials come: the new ones wait until ``wish_catch_up``.
    """

    watches = ("version", "weights", "opened", "compared", "brushed")

    sort = t.Enum(list(ORDERS), "rank", help="What is first.").tag(sync=True)
    states = t.List(t.Unicode(), help="Only trials in these states; all when empty.").tag(
        sync=True
    )
    filters = t.List(
        t.Dict(),
        help=(
            'What else is asked of a trial: {"name": "accuracy", "relation": "at least", "value": '
            '"0.9"}. Hyperparameters are called "param.<name>".'
        ),
    ).tag(sync=True)
    page = t.Int(0, min=0, help="Which page, from 0; beyond the last one it means the last.").tag(
        sync=True
    )
    page_size = t.Int(12, min=1, max=100, help="Cards a page.").tag(sync=True)
    held = t.Bool(False, help="Whether somebody points at the cards.").tag(sync=True)

    _of: SweepState | None = None
    _horizon = 0

    def draw(self) -> dict[str, Any]:
        """The cards of this page, and what the controls above them offer."""
        sweep = self.lab.sweep
        if sweep is None:
            return {"empty": "There is no sweep yet. Start one, and its trials appear here."}
        self._look_at(sweep)
        trials: Sequence[TrialRecord] = sweep.trials
        standing = Standing(trials, self.lab.ranking, self.lab.weights)
        self._known.take_in(trials)
        reading = read_conditions(self.filters, self._known.all())
        brushed = self.lab.brushed
        chosen = trials if brushed is None else [trials[number] for number in brushed]
        wanted = [trial for trial in chosen if reading.holds(trial, standing)]
        counts = Counter(str(trial.state) for trial in wanted)
        if self.states:
            wanted = [trial for trial in wanted if trial.state in self.states]
        visible = wanted[: self._visible(wanted)]
        shown, page, pages = self._cut(arrange(visible, standing, self.sort))
        return {
            "count": len(visible),
            "total": len(trials),
            "counts": {state: counts[state] for state in NAMES_OF_STATES},
            "newer": len(wanted) - len(visible),
            "page": page,
            "pages": pages,
            "first": page * self.page_size + 1,
            "errors": reading.errors,
            "opened": self.lab.opened,
            "compared": list(self.lab.compared),
            "brushed": None if brushed is None else len(brushed),
            **self._offers(),
            **self._cards(shown, standing, sweep),
        }

    def wish_open(self, trial: Any) -> None:
        """Look at one trial closely, on the page of the sweep."""
        self.lab.opened, self.lab.page = self._number(trial), "sweep"

    def wish_compare(self, trial: Any) -> None:
        """Choose a trial for comparison, or no longer; a third takes the place of the first."""
        number = self._number(trial)
        chosen = tuple(other for other in self.lab.compared if other != number)
        if chosen == self.lab.compared:
            chosen = (*chosen, number)[-_COMPARED:]
        self.lab.compared = chosen

    def wish_catch_up(self) -> None:
        """Show the trials that have come in the meantime."""
        self._horizon = len(self.lab.sweep.trials) if self.lab.sweep else 0
        self.page = 0
        self.refresh()

    def wish_clear(self) -> None:
        """Show all trials again."""
        with self.hold_trait_notifications():
            self.states, self.filters, self.page = [], [], 0
        self.lab.brushed = None

    def wish_unbrush(self) -> None:
        """Show those, too, that were not chosen in a chart."""
        self.lab.brushed = None

    @t.observe("sort", "states", "filters")
    def _from_the_start(self, _: object) -> None:
        self.page = 0

    def _offers(self) -> dict[str, Any]:
        """What can be chosen in the controls."""
        facts = self._known.all()
        return {
            "orders": list(ORDERS),
            "relations": RELATIONS,
            "facts": [{**fact._asdict(), "is_param": "." in fact.name} for fact in facts],
        }

    def _cards(
        self, shown: Sequence[TrialRecord], standing: Standing, sweep: SweepState
    ) -> dict[str, Any]:
        """The cards, and what they are seen against."""
        epochs = sweep.config.epochs
        telling = self._known.telling(sweep.trials)
        best = standing.trial(standing.best)
        return {
            "weights": {"accuracy": self.lab.weights.accuracy},
            "epochs": epochs,
            "points": -(-epochs // step_of(epochs)),
            "best": standing.best,
            "best_curve": _curve(best, standing, epochs),
            "cards": [card(trial, standing, telling, at_most=epochs) for trial in shown],
        }

    def _number(self, trial: Any) -> int:
        count = len(self.lab.sweep.trials) if self.lab.sweep else 0
        if isinstance(trial, bool) or not isinstance(trial, int) or not 0 <= trial < count:
            raise ConfigError(f"there is no trial {trial!r:.20}; there are {count}, from 0.")
        return trial

    def _look_at(self, sweep: SweepState) -> None:
        """Forget what belongs to another sweep."""
        if sweep is not self._of:
            self._of, self._known, self._horizon = sweep, KnownFacts(), len(sweep.trials)

    def _visible(self, wanted: Sequence[TrialRecord]) -> int:
        """How many of the trials, which are in order of number, are not held back."""
        assert self.lab.sweep is not None
        if not (self.sort == "newest" and (self.held or self.page > 0)):
            self._horizon = len(self.lab.sweep.trials)
        return sum(trial.number < self._horizon for trial in wanted)

    def _cut(self, trials: list[TrialRecord]) -> tuple[list[TrialRecord], int, int]:
        """The trials of the page, which page it is, and how many there are."""
        pages = max(1, -(-len(trials) // self.page_size))
        page = min(self.page, pages - 1)
        return trials[page * self.page_size :][: self.page_size], page, pages


def _curve(trial: TrialRecord | None, standing: Standing, at_most: int) -> list[float | None]:
    epochs = standing.epochs(trial) if trial else ()
    return thinned([epoch.val_accuracy for epoch in epochs], at_most)
