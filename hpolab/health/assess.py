"""The whole examination: six families of formulas over one record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from hpolab.health.consistency import accuracy_consistency
from hpolab.health.convergence import convergence_quality
from hpolab.health.efficiency import parameter_efficiency
from hpolab.health.gradients import gradient_health
from hpolab.health.neurons import neuron_utilisation
from hpolab.health.report import HealthReport, Metric
from hpolab.health.stability import training_stability
from hpolab.scoring import METRICS

if TYPE_CHECKING:
    from hpolab.health.recorded import Recorded

__all__ = ["assess"]

_FAMILIES: Mapping[str, Callable[[Recorded], Metric | None]] = {
    "neuron_utilisation": neuron_utilisation,
    "parameter_efficiency": parameter_efficiency,
    "training_stability": training_stability,
    "gradient_health": gradient_health,
    "convergence_quality": convergence_quality,
    "accuracy_consistency": accuracy_consistency,
}


def assess(recorded: Recorded, *, partial: bool = False) -> HealthReport:
    """Examine what has been recorded so far.

    Pure and cheap: well under a millisecond, so it is called after every epoch.

    Args:
        recorded: Losses, accuracies and probes up to now.
        partial: The trial was pruned or failed; the report speaks of what there was.

    Returns:
        The metrics that apply. One whose inputs do not exist (no hidden units, no finished
        epoch, no probe, no folds) is absent; one with a non-finite number among its inputs is 0
        and says so.
    """
    examined = {name: _FAMILIES[name](recorded) for name in METRICS}
    present = {name: metric for name, metric in examined.items() if metric is not None}
    return HealthReport(metrics=present, partial=partial)
