"""What is recorded of a run so that it can be looked into later, bounded in size and time.

Everything is written as arrays, never as pictures: see index.json beside them for what each is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.training.activations import (
    GATE_EXAMPLES,
    record_activations,
    record_recurrence,
)
from hpolab.training.graph import weight_matrices
from hpolab.training.loop import Evaluation, Examples, Steps, Trainer
from hpolab.training.outcomes import record_outcomes
from hpolab.training.recording import Recording
from hpolab.training.telemetry import stratified_sample
from hpolab.training.weights import WeightSample, record_filters
from hpolab.training.words import record_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import keras
    from numpy.typing import NDArray

    from hpolab.health.recorded import Probe
    from hpolab.training.words import Texts
    from hpolab.trial import EpochRecord

__all__ = ["Diagnostics"]

WATCHED_EXAMPLES = 48
MAX_UNITS = 1024
MAX_LAYERS = 32


class Diagnostics:
    """Follows one run and writes down what its pictures will need."""

    def __init__(self, model: keras.Model):
        """Remember the first weights; call before training."""
        self._model = model
        self._matrices = weight_matrices(model)
        self._weights = WeightSample(model)
        self._updates: list[list[float]] = []

    def run_measured(
        self, trainer: Trainer, order: NDArray[np.int32], rates: NDArray[np.float32]
    ) -> Steps:
        """``trainer.run``, measuring how far the last step moves each weight matrix."""
        earlier = trainer.run(order[:-1], rates[:-1])
        before = [weight.numpy() for weight in self._matrices.values()]
        last = trainer.run(order[-1:], rates[-1:])
        self._updates.append(
            [
                float(np.linalg.norm(weight.numpy() - old) / (np.linalg.norm(old) or 1.0))
                for weight, old in zip(self._matrices.values(), before, strict=True)
            ]
        )
        return Steps(*(np.concatenate(pair) for pair in zip(earlier, last, strict=True)))

    def save(
        self,
        folder: Path,
        *,
        history: Sequence[EpochRecord],
        probes: Sequence[Probe],
        answers: Evaluation,
        validation: Examples,
        classes: tuple[str, ...],
        texts: Texts | None = None,
    ) -> tuple[str, str]:
        """Write diagnostics/arrays.npz and diagnostics/index.json; gives their names.

        Args:
            folder: The run's folder.
            history: The finished epochs.
            probes: The looks at the network.
            answers: Of the validation set after the last epoch.
            validation: The validation set.
            classes: Names of the classes.
            texts: The validation set in words; None for images.
        """
        recording = Recording()
        x, y = validation.x.numpy(), validation.y.numpy()
        _record_curves(recording, history)
        self._record_probes(recording, probes)
        worst = record_outcomes(recording, answers, x, y, classes)
        self._weights.record(recording)
        record_filters(recording, self._model)
        watched = stratified_sample(y, WATCHED_EXAMPLES, seed=0)
        record_activations(recording, self._model, x[watched], y[watched])
        record_recurrence(recording, self._model, x[watched], y[watched])
        if texts is not None:
            chosen = {"mistake_text": worst}
            if "gate_input" in recording:
                chosen["gate_text"] = watched[:GATE_EXAMPLES]
            record_words(recording, texts, chosen)
        return recording.save(folder)

    def _record_probes(self, recording: Recording, probes: Sequence[Probe]) -> None:
        if not probes:
            return
        axes = ("probe", "weight")
        epochs = [probe.epoch for probe in probes]
        recording.add("probe_epoch", epochs, "epochs after which was looked", axes=("probe",))
        losses = [probe.loss for probe in probes]
        recording.add("probe_loss", losses, "mean cross-entropy on the probe batch", axes=axes[:1])
        tables: dict[str, tuple[list[Any], str]] = {
            "gradient_norm": (
                [list(probe.gradient_norms.values()) for probe in probes],
                "norm of the loss gradient on the probe batch",
            ),
            "weight_norm": (
                [list(probe.weight_norms.values()) for probe in probes],
                "norm of the weights",
            ),
            "update_ratio": (
                self._updates[: len(probes)],
                "norm of the last step's change in relation to the norm of the weights",
            ),
        }
        for name, (rows, what) in tables.items():
            recording.add(name, rows, what, axes=axes, labels=tuple(self._matrices))
        for layer in list(probes[0].unit_std)[:MAX_LAYERS]:
            spread = [probe.unit_std[layer][:MAX_UNITS] for probe in probes]
            level = [probe.unit_mean[layer][:MAX_UNITS] for probe in probes]
            what = "of each unit's output over the probe batch; a unit near 0 is dead"
            axes = ("probe", "unit")
            recording.add(f"unit_std/{layer}", spread, f"standard deviation {what}", axes=axes)
            recording.add(f"unit_mean/{layer}", level, "mean of each unit's output", axes=axes)


def _record_curves(recording: Recording, history: Sequence[EpochRecord]) -> None:
    curves = {
        "train_loss": "mean training cross-entropy while training, nats; NaN when not finite",
        "val_loss": "mean validation cross-entropy after the epoch, nats; NaN when not finite",
        "train_accuracy": "share of right answers while training",
        "val_accuracy": "share of right answers on the validation set after the epoch",
        "learning_rate": "learning rate of the epoch's last step",
    }
    for name, what in curves.items():
        values = np.array([getattr(record, name) for record in history], np.float64)
        recording.add(name, values, what, axes=("epoch",))
