"""A trial's order and its outcome: the two records that travel to a worker and back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from hpolab.errors import ConfigError
from hpolab.frozen import Frozen
from hpolab.health.report import HealthReport, VitalSigns
from hpolab.space import Value

__all__ = [
    "DatasetSpec",
    "EpochRecord",
    "Precision",
    "RunResult",
    "RunSpec",
    "Stop",
    "TrialState",
    "refuse_impossible",
]

_LONGEST_NAME, _LONGEST_PATH = 255, 4000
"""Bytes; what the usual file systems take."""

TrialState = Literal["completed", "pruned", "failed", "cancelled"]

Precision = Literal["float32", "auto", "bfloat16", "float16"]
"""What networks compute in; "auto" is the best that the GPU gains from, and float32 on a CPU."""


def refuse_impossible(path: Path) -> None:
    """Refuse what no file can be called, which operating systems answer with errors of their own.

    Raises:
        ConfigError: Says what is wrong with it.
    """
    try:
        parts = [os.fsencode(part) for part in path.parts]
    except UnicodeEncodeError as error:
        raise ConfigError("a path has no halves of characters; remove them.") from error
    if any(b"\0" in part for part in parts):
        raise ConfigError("a path has no null character; remove it.")
    if max(map(len, parts), default=0) > _LONGEST_NAME or sum(map(len, parts)) > _LONGEST_PATH:
        raise ConfigError(f"no path is so long: {str(path)[:40]} ...; shorten it.")


class DatasetSpec(Frozen):
    """Which data, how much of it, and how it is split.

    Attributes:
        name: A known data set, or "images", "texts" or "arrays" for the user's own at ``path``.
        path: Folder of images, CSV of texts, or .npz of arrays; None for known data sets.
        directory: Where the files of known data sets lie; None for the machine's setting.
        max_samples: At most so many examples, stratified, before splitting; None for all.
        validation: Share of the training examples held out to steer the search, in (0, 0.5].
        test: Share held out for the final measurement where the data bring no test part.
        seed: Of the sampling and the splits.
    """

    name: str = "digits"
    path: Path | None = None
    directory: Path | None = None
    max_samples: int | None = Field(default=None, ge=10)
    validation: float = Field(default=0.15, gt=0, le=0.5)
    test: float = Field(default=0.15, gt=0, le=0.5)
    seed: int = Field(default=0, ge=0)

    @field_validator("path", "directory")
    @classmethod
    def _can_be_a_path(cls, path: Path | None) -> Path | None:
        if path is None:
            return None
        refuse_impossible(path)
        try:
            path.expanduser()
        except RuntimeError as error:
            raise ConfigError(f"nobody here has the home folder of {path}.") from error
        return path


class RunSpec(Frozen):
    """One attempt at a trial, as JSON: everything a worker anywhere needs to train it.

    Attributes:
        trial: Number of the trial in its sweep, from 0.
        attempt: 1, or more after a worker was lost.
        model: "cnn", "lstm", or a user's builder as "module:function".
        params: The sampled hyperparameters that apply.
        dataset: Which data.
        fingerprint: Of the data the coordinator saw; a worker that sees other data refuses.
        epochs: How many epochs to train at most.
        seed: Of initial weights, shuffling and dropout.
        record: Whether to record the arrays that diagnostics are drawn from.
        folder: Where the worker writes model.keras, architecture.json and diagnostics/.
        precision: What the network computes in.
        gpus: How many GPUs share every batch; 0 for whatever there is, one GPU or the CPU. It
            does not change what is learned.
        gpu_share: Fraction of one GPU's memory that the worker may take; None for no limit.
    """

    trial: int = Field(ge=0)
    attempt: int = Field(default=1, ge=1)
    model: str
    params: dict[str, Value]
    dataset: DatasetSpec
    fingerprint: str = ""
    epochs: int = Field(ge=1)
    seed: int = Field(default=0, ge=0)
    record: bool = True
    folder: Path
    precision: Precision = "float32"
    gpus: int = Field(default=0, ge=0)
    gpu_share: float | None = Field(default=None, gt=0, le=1)


class EpochRecord(Frozen):
    """What one epoch gave.

    Attributes:
        epoch: Counted from 1.
        train_loss, val_loss: Mean cross-entropy in nats; None when not finite.
        train_accuracy, val_accuracy: Share of right answers.
        learning_rate: At the end of the epoch.
        seconds: Wall-clock time of the epoch, validation and telemetry included.
        health: The health metrics that are defined so far, by name.
        signs: The worst of a look at the network; None after epochs without one.
    """

    epoch: int = Field(ge=1)
    train_loss: float | None
    train_accuracy: float
    val_loss: float | None
    val_accuracy: float
    learning_rate: float
    seconds: float
    health: dict[str, float] = Field(default_factory=dict)
    signs: VitalSigns | None = None


class RunResult(Frozen):
    """How a run ended: the content of ``result.json``.

    Attributes:
        state: completed, pruned, failed or cancelled.
        reason: In words, when not completed, or when its files did not come back from a worker.
        history: One record per finished epoch.
        accuracy: On the validation set after the last epoch: what the search is steered by.
        loss: Validation cross-entropy then, in nats.
        test_accuracy, test_loss: On the test set, measured once; None unless completed.
        health: The examination; partial unless completed.
        n_parameters: Trainable parameters.
        fingerprint: Of the data that were used.
        examples: How many were in "train", "validation" and, when completed, "test"; empty when
            the data were not reached.
        seconds: Wall-clock time of the whole run.
        train_seconds: Of that, the time spent in training steps.
        artifacts: Files written under the run's folder, relative to it.
        devices: What it was trained on: "CPU", or the name of each GPU; empty when it did not
            come to that.
        precision: What the network computed in; "" when it did not come to that.
        remarks: Sentences on devices and precision that a person should know.
    """

    state: TrialState
    reason: str = ""
    history: tuple[EpochRecord, ...] = ()
    accuracy: float | None = None
    loss: float | None = None
    test_accuracy: float | None = None
    test_loss: float | None = None
    health: HealthReport = Field(default_factory=HealthReport)
    n_parameters: int | None = None
    fingerprint: str = ""
    examples: dict[str, int] = Field(default_factory=dict)
    seconds: float = 0.0
    train_seconds: float = 0.0
    artifacts: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    precision: str = ""
    remarks: tuple[str, ...] = ()


class Stop(Frozen):
    """The coordinator's verdict that a running trial shall end after its epoch."""

    state: Literal["pruned", "cancelled"]
    reason: str
