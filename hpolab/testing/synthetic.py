"""Training without a network: the same events and files as the real thing, in milliseconds.

What a run gives depends on its parameters and its seed alone. Some parameters are for tests of
what goes wrong:

=================  ==============================================================
``sleep``          seconds that an epoch takes
``fail``           True: raises TrialFailed in the first epoch
``error``          True: raises a ValueError, as a faulty builder does
``nan``            True: the loss is not a number from the second epoch on
``crash``          True: kills its own process; a number: in that many attempts
``hang``           True: the first epoch never ends
``silent``         share of the units of layer "conv2" that never fire
``print``          a text that is written to the standard output
=================  ==============================================================

Use it in a config as ``executor: "hpolab.testing.synthetic:synthetic_process"``.
"""

from __future__ import annotations

import math
import os
import random
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from hpolab.errors import TrialFailed
from hpolab.health.report import HealthReport, Metric, VitalSigns
from hpolab.network.graph import ArchitectureGraph, Layer
from hpolab.scoring import METRICS
from hpolab.trial import EpochRecord, RunResult, RunSpec, Stop, TrialState

if TYPE_CHECKING:
    from hpolab.executors import Executor, ExecutorSpec

__all__ = [
    "WORK",
    "peak_accuracy",
    "synthetic_dask",
    "synthetic_inline",
    "synthetic_process",
    "train_run",
]

WORK = "hpolab.testing.synthetic:train_run"
"""The name of ``train_run``, for executors."""

_NETWORK = ArchitectureGraph(
    name="synthetic",
    n_parameters=1000,
    layers=(
        Layer(name="image", kind="InputLayer", output_shape=(None, 8, 8, 1)),
        Layer(
            name="conv2",
            kind="Conv2D",
            input_shapes=((None, 8, 8, 1),),
            output_shape=(None, 8, 8, 10),
            parameters=100,
            trainable_parameters=100,
            activation="relu",
            inputs=("image",),
        ),
        Layer(
            name="answer",
            kind="Dense",
            input_shapes=((None, 8, 8, 10),),
            output_shape=(None, 10),
            parameters=900,
            trainable_parameters=900,
            activation="softmax",
            inputs=("conv2",),
        ),
    ),
)

_CHANCE = 0.1
_BEST_LEARNING_RATE = 1e-2


def synthetic_process(spec: ExecutorSpec) -> Executor:
    """The process executor with synthetic work."""
    from hpolab.executors.process import ProcessExecutor

    return ProcessExecutor(
        workers=spec.slots,
        work=WORK,
        recycle_after=spec.recycle_after,
        silence_limit_seconds=spec.silence_limit_seconds,
        epoch_limit_seconds=spec.epoch_limit_seconds,
    )


def synthetic_inline(spec: ExecutorSpec) -> Executor:  # noqa: ARG001
    """The inline executor with synthetic work."""
    from hpolab.executors.inline import InlineExecutor

    return InlineExecutor(work=WORK)


def synthetic_dask(spec: ExecutorSpec) -> Executor:
    """The Dask executor with synthetic work."""
    from hpolab.executors.dask import DaskExecutor

    return DaskExecutor(spec, pool="hpolab.testing.synthetic:synthetic_process")


def train_run(spec: RunSpec, report: Callable[[EpochRecord], Stop | None]) -> RunResult:
    """Stand-in for the real function of this name; the same contract, except what it raises.

    Raises:
        TrialFailed: The parameters ask for it.
        ValueError: The parameters ask for it.
    """
    params = spec.params
    if text := params.get("print"):
        print(text)  # noqa: T201 - what a user's builder may do
    _misbehave(spec)
    history: list[EpochRecord] = []
    for epoch in range(1, spec.epochs + 1):
        time.sleep(float(params.get("sleep", 0)))
        record = _epoch(spec, epoch)
        history.append(record)
        stop = report(record)
        if record.train_loss is None:
            return _result(spec, history, "failed", f"the loss became NaN in epoch {epoch}.")
        if stop is not None:
            return _result(spec, history, stop.state, stop.reason)
    return _result(spec, history, "completed", "")


def peak_accuracy(spec: RunSpec) -> float:
    """What the accuracy grows towards: highest at one learning rate, falling in its logarithm.

    Returns:
        In (0.1, 1); a little of it is luck, which the seed decides.
    """
    rate = float(spec.params.get("learning_rate", _BEST_LEARNING_RATE))
    distance = math.log10(rate / _BEST_LEARNING_RATE)
    luck = random.Random(f"{spec.seed} {sorted(spec.params.items())}").uniform(-0.02, 0.02)
    return _CHANCE + (0.97 - _CHANCE) * math.exp(-(distance**2) / 2) * (1 + luck)


def _misbehave(spec: RunSpec) -> None:
    params = spec.params
    if params.get("fail"):
        raise TrialFailed("its parameters ask it to fail.")
    if params.get("error"):
        raise ValueError("its parameters ask for an error")
    crash = params.get("crash", False)
    if crash is True or (crash and spec.attempt <= int(crash)):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    while params.get("hang"):
        time.sleep(60)


def _epoch(spec: RunSpec, epoch: int) -> EpochRecord:
    accuracy = peak_accuracy(spec) * (1 - math.exp(-epoch / 2))
    loss = -math.log(accuracy)
    if spec.params.get("nan") and epoch > 1:
        loss = math.nan
    return EpochRecord(
        epoch=epoch,
        train_loss=loss if math.isfinite(loss) else None,
        train_accuracy=accuracy,
        val_loss=1.05 * loss if math.isfinite(loss) else None,
        val_accuracy=0.98 * accuracy,
        learning_rate=float(spec.params.get("learning_rate", _BEST_LEARNING_RATE)),
        seconds=float(spec.params.get("sleep", 0)),
        health=_health(accuracy),
        signs=VitalSigns(
            layer="conv2", silent=float(spec.params.get("silent", 0)), at_zero=True, matrix="conv2"
        ),
    )


def _health(accuracy: float) -> dict[str, float]:
    """The six metrics, each a little different, all growing with accuracy."""
    return {name: accuracy ** (1 / (index + 1)) for index, name in enumerate(METRICS)}


def _result(
    spec: RunSpec, history: list[EpochRecord], state: TrialState, reason: str
) -> RunResult:
    last = history[-1]
    metrics = {
        name: Metric(value=value, evidence=f"synthetic, {value:.2f}", epoch=last.epoch)
        for name, value in last.health.items()
    }
    is_complete = state == "completed"
    return RunResult(
        state=state,
        reason=reason,
        history=tuple(history),
        accuracy=None if state == "failed" else last.val_accuracy,
        loss=None if state == "failed" else last.val_loss,
        test_accuracy=0.97 * last.train_accuracy if is_complete else None,
        test_loss=1.1 * last.val_loss if is_complete and last.val_loss else None,
        health=HealthReport(metrics=metrics, partial=not is_complete),
        n_parameters=1000,
        fingerprint=spec.fingerprint,
        seconds=sum(record.seconds for record in history),
        artifacts=_write_artifacts(spec, history) if is_complete else (),
    )


def _write_artifacts(spec: RunSpec, history: list[EpochRecord]) -> tuple[str, ...]:
    spec.folder.mkdir(parents=True, exist_ok=True)
    (spec.folder / "model.keras").write_bytes(b"synthetic: not a model")
    (spec.folder / "architecture.json").write_text(_NETWORK.to_json(), encoding="utf-8")
    if not spec.record:
        return ("model.keras", "architecture.json")
    diagnostics = spec.folder / "diagnostics"
    diagnostics.mkdir(exist_ok=True)
    accuracy = np.array([record.val_accuracy for record in history])
    np.savez(diagnostics / "arrays.npz", val_accuracy=accuracy)
    return ("model.keras", "architecture.json", "diagnostics/arrays.npz")
