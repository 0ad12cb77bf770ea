"""Looking up instead of training: what the ``practice`` executor runs.

Told to train fewer epochs than the table has, a run gives the beginning of the tabulated one,
which is what training would give: learning rates are constant. (The six metrics are then those
of that epoch; the test set was looked at after the last one only.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from hpolab.data import load
from hpolab.errors import TrialFailed
from hpolab.health.report import HealthReport, Metric
from hpolab.practice.spaces import SPACES, PracticeSpace
from hpolab.practice.table import Table, read_table

if TYPE_CHECKING:
    from hpolab.parameters import Value
    from hpolab.trial import DatasetSpec, EpochRecord, RunResult, RunSpec, Stop, TrialState

__all__ = ["space_of", "tabulated", "train_run"]


def train_run(spec: RunSpec, report: Callable[[EpochRecord], Stop | None]) -> RunResult:
    """Stand-in for training's function of this name: reports the tabulated epochs, then the end.

    Nothing is written to the run's folder. Seconds are those that the training took.

    Raises:
        TrialFailed: No table has this model, data set, or so many epochs.
    """
    space = space_of(spec.model, spec.dataset.name)
    if space is None or spec.epochs > space.epochs:
        raise TrialFailed(
            f"no practice table has {spec.epochs} epochs of {spec.model} on {spec.dataset.name}."
        )
    whole = tabulated(read_table(space.name), spec.params, seed=spec.seed, epochs=spec.epochs)
    whole = whole.replace(fingerprint=spec.fingerprint, examples=_examples(spec.dataset))
    for done, record in enumerate(whole.history, start=1):
        stop = report(record)
        if stop is not None:
            return _cut(whole, whole.history[:done], stop.state, stop.reason)
    return whole


@cache
def _examples(dataset: DatasetSpec) -> dict[str, int]:
    """How many each split has: what intervals of accuracies rest on."""
    data = load(dataset)
    return {
        "train": len(data.train),
        "validation": len(data.validation),
        "test": len(data.test),
    }


def space_of(model: str, dataset: str) -> PracticeSpace | None:
    """The practice space of a model on a data set, None where there is none."""
    for space in SPACES.values():
        if (space.model, space.dataset) == (model, dataset):
            return space
    return None


def tabulated(
    table: Table, params: Mapping[str, Value], *, seed: int, epochs: int | None = None
) -> RunResult:
    """How the training of the nearest tabulated configuration ended, or would have.

    Args:
        table: Where to look.
        params: A configuration of its space.
        seed: Of the training, taken modulo the number of seeds in the table.
        epochs: After so many; None for all that the table has.
    """
    result = table.result(params, seed=seed)
    if epochs is None or epochs >= table.space.epochs or len(result.history) < epochs:
        return result
    return _cut(result, result.history[:epochs], "completed", "")


def _cut(
    result: RunResult, history: Sequence[EpochRecord], state: TrialState, reason: str
) -> RunResult:
    """The result of the same run, ended after fewer epochs."""
    last = history[-1]
    seconds = sum(record.seconds for record in history)
    share = len(history) / len(result.history)
    return result.replace(
        state=state,
        reason=reason,
        history=tuple(history),
        accuracy=last.val_accuracy,
        loss=last.val_loss,
        test_accuracy=None,
        test_loss=None,
        health=HealthReport(
            metrics={
                name: Metric(value=value, evidence=f"after epoch {last.epoch}", epoch=last.epoch)
                for name, value in last.health.items()
            },
            partial=state != "completed",
        ),
        seconds=seconds,
        train_seconds=result.train_seconds * share,
    )
