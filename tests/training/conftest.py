"""Runs and networks that many tests look at, made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpolab.training.worker import prepare_process
from hpolab.trial import DatasetSpec, EpochRecord, RunResult, RunSpec

prepare_process(threads=1)  # before anything runs an operation

DIGITS = DatasetSpec(name="digits", max_samples=600)
PARAMS: dict[str, Any] = {
    "n_blocks": 2,
    "filters": 8,
    "dense_units": 24,
    "dropout": 0.1,
    "batch_norm": True,
    "learning_rate": 1e-2,
    "weight_decay": 1e-4,
    "schedule": "cosine",
    "batch_size": 16,
}


def go_on(_: EpochRecord) -> None:
    """The report of an executor that never stops a run."""


@pytest.fixture(scope="session")
def run_spec() -> Callable[..., RunSpec]:
    """A small run on digits, with whatever a test changes."""

    def make(folder: Path, **changes: Any) -> RunSpec:
        usual: dict[str, Any] = {
            "trial": 0,
            "model": "cnn",
            "params": PARAMS,
            "dataset": DIGITS,
            "epochs": 3,
            "folder": folder,
        }
        return RunSpec(**{**usual, **changes})

    return make


@pytest.fixture(scope="session")
def completed(
    run_spec: Callable[..., RunSpec], tmp_path_factory: pytest.TempPathFactory
) -> tuple[RunSpec, RunResult]:
    """A CNN that was trained on digits to the end."""
    from hpolab.training.run import train_run

    spec = run_spec(tmp_path_factory.mktemp("digits"))
    return spec, train_run(spec, go_on)


@pytest.fixture(scope="session")
def read_texts(
    run_spec: Callable[..., RunSpec], tmp_path_factory: pytest.TempPathFactory
) -> tuple[RunSpec, RunResult]:
    """A two-way LSTM that was trained to tell praise from blame in short texts."""
    from hpolab.training.run import train_run

    folder = tmp_path_factory.mktemp("texts")
    rng = np.random.default_rng(0)
    filler = [f"word{i}" for i in range(30)]
    lines = ["text,label"]
    for i in range(240):
        words = [*rng.choice(filler, rng.integers(3, 9)), "good" if i % 2 else "bad"]
        lines.append(f"{' '.join(rng.permutation(words))},{'praise' if i % 2 else 'blame'}")
    (folder / "reviews.csv").write_text("\n".join(lines) + "\n")
    spec = run_spec(
        folder / "run",
        model="lstm",
        dataset=DatasetSpec(name="texts", path=folder / "reviews.csv"),
        params={
            "vocabulary": 60,
            "sequence_length": 10,
            "embedding_width": 8,
            "lstm_units": 8,
            "bidirectional": True,
            "learning_rate": 2e-2,
            "batch_size": 8,
        },
        epochs=2,
    )
    return spec, train_run(spec, go_on)


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    """Layer names that Keras makes up do not depend on which tests ran before."""
    import keras

    keras.utils.clear_session(free_memory=False)
