"""Trials made by hand: what tests of analysis and of its figures are about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.events import TrialEnded
from hpolab.record import TrialRecord
from hpolab.scoring import METRICS
from hpolab.trial import EpochRecord

if TYPE_CHECKING:
    from hpolab.space import Params

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def trial(
    number: int,
    params: Params | None = None,
    *,
    accuracy: float | None = 0.5,
    health: float | None = 0.5,
    state: str = "completed",
    epochs: int = 2,
    start: float | None = None,
    seconds: float = 2.0,
    worker: str = "w1",
    **ended: Any,
) -> TrialRecord:
    """A trial of one-second epochs; it begins at second ``start``, or after the one before."""
    begun = BEGIN + timedelta(seconds=2.0 * number if start is None else start)
    metrics = {} if health is None else dict.fromkeys(METRICS, health)
    done = tuple(
        EpochRecord(
            epoch=epoch, train_loss=1.0, train_accuracy=0.5, val_loss=1.0,
            val_accuracy=accuracy or 0.0, learning_rate=0.01, seconds=1.0, health=metrics,
        )
        for epoch in range(1, epochs + 1)
    )  # fmt: skip
    known = {
        "number": number, "params": params or {}, "seed": 0, "state": state, "attempt": 1,
        "epochs": done, "scores": (accuracy,) * epochs,
    }  # fmt: skip
    if state == "waiting":
        return TrialRecord(**{**known, "epochs": (), "scores": ()})
    if state == "running":
        return TrialRecord(**known, worker=worker, started_utc=begun)
    end = TrialEnded(
        trial=number, attempt=1, state=state, epochs=epochs, accuracy=accuracy, metrics=metrics,
        score=accuracy if state == "completed" else None, n_parameters=1000 + number,
        seconds=seconds, **ended,
    )  # fmt: skip
    is_reused = end.reused_from is not None
    return TrialRecord(
        **known, worker="" if is_reused else worker, ended=end,
        started_utc=None if is_reused else begun, ended_utc=begun + timedelta(seconds=seconds),
    )  # fmt: skip


def searched(n: int, *, noise: float = 0.0, seed: int = 0) -> list[TrialRecord]:
    """Trials whose accuracy only the learning rate moves, health only the width."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(n):
        rate = float(10 ** rng.uniform(-4, -1))
        params: Params = {
            "learning_rate": rate,
            "width": int(rng.integers(4, 65)),
            "optimizer": str(rng.choice(["adam", "sgd"])),
            "batch_norm": bool(rng.integers(2)),
        }
        if params["optimizer"] == "sgd":
            params["momentum"] = float(rng.uniform(0, 0.9))
        accuracy = 0.9 - 0.2 * abs(np.log10(rate) + 2.5) + noise * float(rng.uniform(-1, 1))
        health = float(params["width"]) / 100 + 0.2
        made.append(trial(number, params, accuracy=float(np.clip(accuracy, 0, 1)), health=health))
    return made
