"""Sweep folders written line by line, as large as wished, without training anything."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hpolab.config import SweepConfig
from hpolab.events import (
    Entry,
    EpochEnded,
    Event,
    RunStarted,
    SweepStarted,
    TrialEnded,
    TrialStarted,
)
from hpolab.scoring import METRICS
from hpolab.storage.folder import SweepFolder
from hpolab.trial import EpochRecord

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.space import Value


class MadeSweep:
    """A sweep whose journal the caller writes; trials are plausible, and the same every time.

    Args:
        path: The folder, which must not exist.
        trials: How many trials have ended when it is made.
        epochs: How many each has.
    """

    def __init__(self, path: Path, *, trials: int, epochs: int = 10) -> None:
        config = SweepConfig(budget=trials + 10, epochs=epochs)
        self.folder = SweepFolder.create(path, config.to_dict())
        self.trials = 0
        self._random = random.Random(0)
        self._utc = datetime.now(UTC) - timedelta(hours=2)
        self._seq = 0
        begins = SweepStarted(
            sweep=path.name, config=config.to_dict(), fingerprint="made", versions={}
        )
        lines = [self._line(begins)]
        for _ in range(trials):
            lines += map(self._line, self._story(epochs=min(epochs, 10)))
        self._append(lines)

    def begin(self) -> int:
        """Begin a trial; gives its number."""
        events = self._story(epochs=0)[:2]
        self._append([self._line(event) for event in events])
        return self.trials - 1

    def epoch(self, trial: int, number: int) -> None:
        """Write that an epoch of a trial has ended."""
        self._append([self._line(self._epoch(trial, number, peak=0.9))])

    def _story(self, *, epochs: int) -> list[Event]:
        """All of the next trial."""
        trial, params = self.trials, self._params()
        self.trials += 1
        distance = math.log10(float(params["learning_rate"])) + 2.3
        peak = 0.1 + 0.88 * math.exp(-(distance**2) / 2) * self._random.uniform(0.9, 1)
        trained = [self._epoch(trial, number, peak=peak) for number in range(1, epochs + 1)]
        return [
            TrialStarted(trial=trial, params=params, seed=0),
            RunStarted(trial=trial, attempt=1, worker=f"worker {trial % 2 + 1}"),
            *trained,
            TrialEnded(
                trial=trial,
                attempt=1,
                state="completed",
                epochs=epochs,
                accuracy=trained[-1].epoch.val_accuracy if trained else None,
                metrics=trained[-1].epoch.health if trained else {},
                score=trained[-1].score if trained else None,
                n_parameters=self._random.randint(800, 200_000),
                seconds=0.1 * epochs,
            ),
        ]

    def _params(self) -> dict[str, Value]:
        draw = self._random
        return {
            "n_blocks": draw.randint(1, 3),
            "filters": draw.randint(4, 32),
            "pooling": draw.choice(["max", "average", "stride"]),
            "activation": draw.choice(["relu", "gelu", "elu"]),
            "dropout": draw.uniform(0, 0.5),
            "batch_norm": draw.random() < 0.5,
            "optimizer": draw.choice(["adam", "sgd", "rmsprop"]),
            "learning_rate": 10 ** draw.uniform(-4, -1),
            "weight_decay": 10 ** draw.uniform(-6, -2),
            "batch_size": draw.choice([32, 64, 128]),
        }

    def _epoch(self, trial: int, number: int, *, peak: float) -> EpochEnded:
        accuracy = peak * (1 - math.exp(-number / 2))
        loss = -math.log(max(accuracy, 0.01))
        health = {
            name: accuracy ** (place / 3 + 0.2) * self._random.uniform(0.9, 1)
            for place, name in enumerate(METRICS)
        }
        record = EpochRecord(
            epoch=number,
            train_loss=0.9 * loss,
            train_accuracy=min(1.0, 1.02 * accuracy),
            val_loss=loss,
            val_accuracy=accuracy,
            learning_rate=1e-3,
            seconds=0.1,
            health=health,
        )
        return EpochEnded(trial=trial, attempt=1, epoch=record, score=accuracy)

    def _line(self, event: Event) -> str:
        self._utc = min(datetime.now(UTC), self._utc + timedelta(milliseconds=100))
        entry = Entry(seq=self._seq, utc=self._utc, event=event)
        self._seq += 1
        return entry.to_json() + "\n"

    def _append(self, lines: list[str]) -> None:
        with self.folder.journal.open("a", encoding="utf-8") as file:
            file.write("".join(lines))
