"""The health of a trial as its result tells of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from hpolab.errors import ConfigError, StoreError
from hpolab.health.report import HealthReport
from hpolab.scoring import METRICS

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.health.report import Metric

__all__ = ["RESULT", "Examination", "examination"]

RESULT = "result.json"


class Examination(NamedTuple):
    """The metrics that apply to a trial.

    Attributes:
        metrics: By name, in the order of ``scoring.METRICS``.
        partial: Whether the trial ended early, so that they speak of what there was until then.
    """

    metrics: dict[str, Metric]
    partial: bool

    @property
    def low(self) -> tuple[str, ...]:
        """The metrics that are low, the lowest first: those that come with advice.

        Each has its own bound, said where it is computed: ``LOW`` in the modules of
        ``hpolab.health``.
        """
        low = [name for name, metric in self.metrics.items() if metric.advice]
        return tuple(sorted(low, key=lambda name: self.metrics[name].value))

    @property
    def verdict(self) -> str:
        """What is wrong, in a sentence; empty when nothing is."""
        if not self.low:
            return ""
        worst = self.metrics[self.low[0]]
        verb = "is" if len(self.low) == 1 else "are"
        return f"{len(self.low)} of {len(self.metrics)} {verb} low. {worst.evidence}"


def examination(folder: Path) -> Examination | None:
    """The examination in the result of the trial in a folder; None where no metric applies.

    Raises:
        StoreError: There is no result, or it is damaged.
    """
    path = folder / RESULT
    try:
        report = HealthReport.parse(json.loads(path.read_text(encoding="utf-8"))["health"])
    except (OSError, ValueError, KeyError, TypeError, ConfigError) as error:
        raise StoreError(f"cannot read the health in {path}: {error}.") from error
    metrics = {name: report.metrics[name] for name in METRICS if name in report.metrics}
    return Examination(metrics, report.partial) if metrics else None
