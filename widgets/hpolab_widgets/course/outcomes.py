"""An experiment's networks as rows, in the order in which they were asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from hpolab.course import outcomes
from hpolab.errors import ConfigError, did_you_mean
from hpolab.scoring import METRICS
from hpolab_widgets.panel import Panel
from hpolab_widgets.trials.report import read_report
from hpolab_widgets.trials.standing import accuracy_of, metrics_of

if TYPE_CHECKING:
    from hpolab.course import Outcome
    from hpolab.record import TrialRecord
    from hpolab_widgets.state import Source, SweepState

__all__ = ["Outcomes"]

_HIGHEST_LOSS = 3.0
"""Guessing among ten classes has 2.3; whoever is above that is lost, however far."""


class Outcomes(Panel, front="outcomes"):
    """Curve, accuracy and one health metric of every network, while they train and afterwards."""

    metric = t.Unicode(help="The health metric beside the accuracy; empty for none.")
    curve = t.Enum(("accuracy", "loss"), default_value="accuracy", help="What the curves show.")
    gap = t.Bool(help="Whether to say how far training and unseen examples are apart.")

    def __init__(self, source: Source = None, **traits: Any) -> None:
        """See Panel.

        Raises:
            ConfigError: There is no such metric.
        """
        metric = traits.get("metric", "")
        if metric and metric not in METRICS:
            raise ConfigError(f"no such metric; {did_you_mean(metric, METRICS)}", field="metric")
        super().__init__(source, **traits)

    def draw(self) -> dict[str, Any]:
        """The rows; none without an experiment."""
        sweep = self.lab.sweep
        if sweep is None:
            return {"rows": [], **self._asked(), "epochs": 0}
        rows = [self._row(each, sweep) for each in outcomes(sweep.config, sweep.trials)]
        losses = [value for row in rows for value in row["values"] if value is not None]
        high = 1.0 if self.curve == "accuracy" else min(_HIGHEST_LOSS, max(losses, default=1.0))
        for row in rows:
            row["values"], row["also"] = _below(row["values"], high), _below(row["also"], high)
        return {
            "rows": rows,
            **self._asked(),
            "epochs": sweep.config.epochs,
            "high": high,
        }

    def _asked(self) -> dict[str, Any]:
        return {"metric": self.metric, "curve": self.curve, "gap": self.gap}

    def _row(self, outcome: Outcome, sweep: SweepState) -> dict[str, Any]:
        trial = outcome.trial
        values, also = self._curves(trial)
        found = self._examined(trial, sweep)
        return {
            "varied": dict(outcome.varied),
            "state": trial.state if trial else "waiting",
            "values": values,
            "also": also,
            "accuracy": accuracy_of(trial) if trial else None,
            "trained": trial.epochs[-1].train_accuracy if trial and trial.epochs else None,
            "value": metrics_of(trial).get(self.metric) if trial else None,
            **found,
        }

    def _curves(self, trial: TrialRecord | None) -> tuple[list[float | None], list[float | None]]:
        """Validation and training, epoch by epoch."""
        epochs = trial.epochs if trial else ()
        if self.curve == "loss":
            return [each.val_loss for each in epochs], [each.train_loss for each in epochs]
        return [each.val_accuracy for each in epochs], [each.train_accuracy for each in epochs]

    def _examined(self, trial: TrialRecord | None, sweep: SweepState) -> dict[str, str]:
        """What was seen, in words; empty until the network is trained, or without a metric."""
        report = read_report(sweep.sweep.folder, trial) if trial and self.metric else None
        metric = report.metrics.get(self.metric) if report else None
        if metric is None:
            return {"evidence": "", "advice": ""}
        return {"evidence": metric.evidence, "advice": metric.advice}


def _below(values: list[float | None], high: float) -> list[float | None]:
    """The values, cut off where the picture ends."""
    return [None if value is None else min(value, high) for value in values]
