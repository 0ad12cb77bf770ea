"""Whether a trial pays, and in words why not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from optuna.trial import TrialState

from hpolab.search.options import Hyperband, PrunerSpec

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial

__all__ = ["forget_curve", "reason_to_prune"]

_RUNG = "completed_rung_"
"""What Optuna's successive halving writes into a trial's system attributes."""


def reason_to_prune(study: Study, trial: FrozenTrial, spec: PrunerSpec) -> str:
    """Why the trial should stop after its last reported epoch; empty when it should go on."""
    if not study.pruner.prune(study, trial):
        return ""
    epoch = max(trial.intermediate_values)
    score = trial.intermediate_values[epoch]
    if math.isnan(score):
        return f"its score at epoch {epoch} is not a number"
    if isinstance(spec.options, Hyperband):
        factor = spec.options.reduction_factor
        return (
            f"its score {score:.3f} at epoch {epoch} is not among the best one in {factor} "
            "of its Hyperband bracket"
        )
    completed = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    others = [t.intermediate_values[epoch] for t in completed if epoch in t.intermediate_values]
    best = float(np.nanmax(list(trial.intermediate_values.values())))
    median = float(np.nanmedian(others))
    digits = 3 if best < median - 0.001 else 5  # else both would read the same
    which = "score {} at epoch" if best == score else "best score {} up to epoch"
    return (
        f"its {which.format(f'{best:.{digits}f}')} {epoch} is below {median:.{digits}f}, "
        f"the median of {len(others)} completed trials there"
    )


def forget_curve(trial: FrozenTrial) -> None:
    """Drop what was reported for a running trial: another attempt at it starts from epoch 1.

    ``trial`` is the in-memory storage's own object. Optuna has no call for this: it ignores a
    second report of an epoch, which would leave the lost attempt's scores in place.
    """
    trial.intermediate_values = {}
    trial.system_attrs = {
        key: value for key, value in trial.system_attrs.items() if not key.startswith(_RUNG)
    }
