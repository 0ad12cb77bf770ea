"""The weight sliders: what shall count, and who wins then. Nothing is trained for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from hpolab.analysis import TrialTable, flips_along_health, rank, win_shares
from hpolab.analysis.asked import sampled_under
from hpolab.errors import ConfigError, did_you_mean
from hpolab.scoring import METRICS, ScoringWeights
from hpolab_widgets.panel import Panel
from hpolab_widgets.state import ENDED, SweepState
from hpolab_widgets.weighing.balance import flip_words, stability_words, stretches
from hpolab_widgets.weighing.places import places
from hpolab_widgets.weighing.sliders import percentages, sliders

if TYPE_CHECKING:
    from hpolab_widgets.state import Source

__all__ = ["WeightSliders"]

_MODES = ("health-aware", "simple")
_MOST_TRIALS = 10_000


class WeightSliders(Panel, front="weights"):
    """Accuracy against health, and what health is made of; every move re-ranks every trial."""

    mode = t.Enum(
        _MODES, default_value="health-aware", help="In simple mode accuracy counts alone."
    )

    def __init__(self, source: Source = None, **traits: Any) -> None:
        """See Panel; the mode is that of the sweep."""
        self._shares: tuple[TrialTable, dict[int, float]] | None = None
        super().__init__(source, **traits)
        self.lab.observe(self._on_sweep, names="sweep")
        if not traits:
            self._on_sweep(None)

    def close(self) -> None:
        """See Panel."""
        if self._listens:
            self.lab.unobserve(self._on_sweep, names="sweep")
        super().close()

    def draw(self) -> dict[str, Any]:
        """The sliders, and what they do to the ranking."""
        weights, sweep = self.lab.weights, self.lab.sweep
        about = {
            "locked": self._is_locked,
            "tiers": percentages(weights),
            "metrics": sliders(weights),
            "is_default": weights == self._default,
        }
        if sweep is None:
            return about | {"sweep": None, "result": None}
        searched = sweep.config.scoring
        return about | {
            "sweep": {
                "name": sweep.sweep.path.name,
                "trials": len(sweep.trials),
                "has_ended": sweep.state in ENDED,
                "is_searched": weights == searched,
                "sampled_under": sampled_under(sweep.record, searched),
            },
            "result": self._result(sweep),
        }

    def wish_balance(self, what: str, percent: float) -> None:
        """Move accuracy or health, in per cent; the other one has the rest."""
        self._refuse_when_locked()
        if what not in {"accuracy", "health"}:
            raise ConfigError(f"no such weight; {did_you_mean(str(what), ('accuracy', 'health'))}")
        share = _share(percent)
        self.lab.weights = (
            self.lab.weights.with_accuracy(share)
            if what == "accuracy"
            else self.lab.weights.with_health(share)
        )

    def wish_proportion(self, metric: str, percent: float) -> None:
        """Move a metric's share of health, in per cent; the others keep their ratios."""
        self._refuse_when_locked()
        if metric not in METRICS:
            raise ConfigError(f"no such metric; {did_you_mean(str(metric), METRICS)}")
        self.lab.weights = self.lab.weights.with_proportion(metric, _share(percent))

    def wish_mode(self, mode: str) -> None:
        """Go to the other mode, which restores the defaults."""
        if mode not in _MODES:
            raise ConfigError(f"no such mode; {did_you_mean(str(mode), _MODES)}")
        self.mode = mode
        self.lab.weights = self._default

    def wish_defaults(self) -> None:
        """Back to the defaults of the mode."""
        self.lab.weights = self._default

    def wish_searched(self) -> None:
        """Back to the weights, and the mode, of the sweep."""
        self._on_sweep(None)
        if self.lab.sweep is not None:
            self.lab.weights = self.lab.sweep.config.scoring

    def wish_continue(self, trials: int) -> None:
        """Start a sweep that knows the trials of this one, under the weights of the sliders."""
        if self.lab.sweep is None:
            raise ConfigError("there is no sweep to continue; open one first.")
        if type(trials) is not int or not 1 <= trials <= _MOST_TRIALS:
            raise ConfigError(
                f"`1 <= trials <= {_MOST_TRIALS}` must hold, but got {trials!r:.20}; write a "
                "whole number."
            )
        other = self.lab.sweep.sweep.continue_with(self.lab.weights, trials=trials)
        self.lab.start(other.config)

    @property
    def _is_locked(self) -> bool:
        """Whether accuracy counts alone; not if another panel has laid other weights over it."""
        return self.mode == "simple" and self.lab.weights == ScoringWeights.simple()

    @property
    def _default(self) -> ScoringWeights:
        return ScoringWeights.simple() if self.mode == "simple" else ScoringWeights()

    def _refuse_when_locked(self) -> None:
        if self._is_locked:
            raise ConfigError(
                "in simple mode accuracy counts alone; choose health-aware to move weights."
            )

    def _on_sweep(self, _: object) -> None:
        if self.lab.sweep is not None:
            self.mode = self.lab.sweep.config.mode

    def _result(self, sweep: SweepState) -> dict[str, Any] | None:
        """Who wins, and how surely; None before the first trial has completed."""
        table, weights = sweep.table, self.lab.weights
        if not len(table.numbers):
            return None
        before, now = rank(table, sweep.config.scoring), self.lab.ranking
        winner = int(now.numbers[0])
        flips = flips_along_health(table, weights)
        found = stretches(flips, winner=winner, health=weights.health)
        expected = 0 if sweep.state in ENDED else sweep.record.budget.trials or 0
        return {
            "winner": winner,
            "score": float(now.totals[0]),
            "was": int(before.numbers[0]),
            "count": len(table.numbers),
            "places": places(before, now),
            "room": min(10, max(expected, len(table.numbers))),
            "stretches": [each._asdict() for each in found],
            "flips": flip_words(found, winner, health=weights.health),
            "stability": stability_words(winner, self._win_shares(table)),
        }

    def _win_shares(self, table: TrialTable) -> dict[int, float]:
        """Kept for as long as no further trial completes: they do not depend on the sliders."""
        if self._shares is None or self._shares[0] is not table:
            self._shares = (table, win_shares(table))
        return self._shares[1]


def _share(percent: object) -> float:
    """A slider's place as a share; whatever a browser says."""
    if isinstance(percent, bool) or not isinstance(percent, int | float):
        raise ConfigError(f"write a number from 0 to 100, but got {percent!r:.20}.")
    if not 0 <= percent <= 100:
        raise ConfigError(f"`0 <= percent <= 100` must hold, but got {percent}.")
    return percent / 100
