"""Two trials side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab.errors import ConfigError
from hpolab.scoring import METRICS
from hpolab_widgets.panel import Panel
from hpolab_widgets.trials.curves import curves
from hpolab_widgets.trials.differences import difference, verdict
from hpolab_widgets.trials.standing import Standing, accuracy_of, metrics_of, seconds_of

if TYPE_CHECKING:
    from hpolab.record import TrialRecord

__all__ = ["Comparison"]

_NO_SWEEP = "There is no sweep yet. Start one, then choose two of its trials to compare them."
_NONE = "No trial is chosen. Press Compare on two cards of the gallery."
_ONE = "Trial {} is chosen. Press Compare on the card of another one."


class Comparison(Panel, front="comparison"):
    """The two trials of ``lab.compared``: configurations, curves, scores and health."""

    watches = ("version", "weights", "compared")

    def draw(self) -> dict[str, Any]:
        """Both trials and what tells them apart, or what to do to see them."""
        sweep = self.lab.sweep
        if sweep is None:
            return {"hint": _NO_SWEEP, "chosen": [], "best": None}
        standing = Standing(sweep.trials, self.lab.ranking, self.lab.weights)
        found = [standing.trial(number) for number in self.lab.compared]
        chosen = [trial for trial in found if trial is not None]
        numbers = [trial.number for trial in chosen]
        if len(chosen) < 2:
            hint = _ONE.format(numbers[0]) if numbers else _NONE
            return {"hint": hint, "chosen": numbers, "best": standing.best}
        left, right = chosen[:2]
        rows = difference(left.params, right.params)
        return {
            "hint": "",
            "chosen": numbers,
            "best": standing.best,
            "verdict": verdict(left, right, standing),
            "epochs": sweep.config.epochs,
            "trials": [_side(trial, standing) for trial in (left, right)],
            "metrics": [
                {"name": name, "values": [metrics_of(trial).get(name) for trial in (left, right)]}
                for name in METRICS
            ],
            "different": [row for row in rows if not row["same"]],
            "same": [row for row in rows if row["same"]],
        }

    def wish_swap(self) -> None:
        """Left becomes right."""
        self.lab.compared = tuple(reversed(self.lab.compared))

    def wish_clear(self) -> None:
        """Choose no trial any more."""
        self.lab.compared = ()

    def wish_with_best(self) -> None:
        """Compare the one that is chosen with the best."""
        ranked = self.lab.ranking.numbers.tolist()
        if not ranked or self.lab.compared[:1] in {(), (ranked[0],)}:
            raise ConfigError("there is no other completed trial yet; wait for one to complete.")
        self.lab.compared = (self.lab.compared[0], ranked[0])

    def wish_open(self, trial: Any) -> None:
        """Look at one of the two closely."""
        if trial not in self.lab.compared:
            raise ConfigError(f"trial {trial!r:.20} is not compared; choose it first.")
        self.lab.opened = int(trial)  # a browser's 1.0 or true equals 1 too


def _side(trial: TrialRecord, standing: Standing) -> dict[str, Any]:
    """What is shown of one of the two."""
    score, ended = standing.score(trial), trial.ended
    return {
        "number": trial.number,
        "state": trial.state,
        "rank": standing.rank(trial),
        "score": standing.total(trial),
        "accuracy": accuracy_of(trial),
        "health": score.health if score else None,
        "parameters": ended.n_parameters if ended else None,
        "seconds": seconds_of(trial),
        "curves": curves(standing.epochs(trial)),
    }
