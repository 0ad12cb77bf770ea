from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpolab import Sweep, SweepConfig
from hpolab.coordination.card import model_card
from hpolab.coordination.versions import versions
from hpolab.data import load
from hpolab.events import TrialEnded
from hpolab.health.report import HealthReport, Metric
from hpolab.record import TrialRecord
from hpolab.trial import EpochRecord, RunResult


def epoch(number: int, accuracy: float) -> EpochRecord:
    return EpochRecord(
        epoch=number, train_loss=2.0 / number, train_accuracy=accuracy, val_loss=None,
        val_accuracy=accuracy, learning_rate=0.01, seconds=1.0,
    )  # fmt: skip


def result(**changes: Any) -> RunResult:
    metrics = {
        "training_stability": Metric(value=0.97, evidence="The loss never | rose."),
        "neuron_utilisation": Metric(
            value=0.31, evidence="5 of 8 units of conv1 are silent.", advice="Lower the rate."
        ),
    }
    usual: dict[str, Any] = {
        "state": "completed",
        "history": tuple(epoch(i + 1, a) for i, a in enumerate((0.3, 0.9, 0.85))),
        "accuracy": 0.85,
        "loss": 0.5,
        "test_accuracy": 0.84,
        "test_loss": 0.6,
        "health": HealthReport(metrics=metrics),
        "n_parameters": 12345,
        "fingerprint": "abc123",
        "seconds": 3.0,
    }
    return RunResult(**{**usual, **changes})


def card(config: SweepConfig | None = None, **changes: Any) -> str:
    ended = TrialEnded(trial=4, attempt=1, state="completed", epochs=3, health=0.64, score=0.8)
    trial = TrialRecord(
        number=4, params={"learning_rate": 0.01, "filters": 8}, seed=7, state="completed",
        ended=ended, ended_utc=datetime.now(UTC),
    )  # fmt: skip
    return model_card("lab", config or SweepConfig(), trial, result(**changes), n_trials=12)


def snippets(text: str) -> str:
    return "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))


def test_card_says_what_it_is_and_how_it_was_chosen() -> None:
    text = card()

    assert text.startswith("# cnn for digits: trial 4 of lab\n")
    assert "winner among 12 finished trials" in text
    assert "accuracy and health on validation data" in text
    assert "accuracy alone" in card(SweepConfig(mode="simple")).replace("\n", " ")


@pytest.mark.parametrize(
    "row",
    [
        "| score (0.70 accuracy + 0.30 health) | 0.8000 |",
        "| validation accuracy | 0.8500 |",
        "| health | 0.6400 |",
        "| test accuracy | 0.8400 |",
        "| trainable parameters | 12,345 |",
        "| data fingerprint | `abc123` |",
        "| filters | 8 |",
        "| seed | 7 |",
        "| neuron utilisation | 0.31 | 5 of 8 units of conv1 are silent. |",
        "|  | first: epoch 1 | last: epoch 3 | best validation accuracy: epoch 2 |",
        "| val accuracy | 0.3 | 0.85 | 0.9 |",
        "| val loss | not finite | not finite | not finite |",
    ],
)
def test_card_holds(row: str) -> None:
    assert row in card().splitlines()


def test_advice_and_missing_metrics_are_told() -> None:
    text = card()

    assert "- neuron utilisation: Lower the rate." in text
    assert "Does not apply: parameter efficiency, gradient health" in text


def test_evidence_cannot_break_the_table() -> None:
    assert r"| training stability | 0.97 | The loss never \| rose. |" in card()


def test_every_table_has_rows_as_wide_as_its_head() -> None:
    tables = re.findall(r"(?:^\|.*\n)+", card(), re.MULTILINE)

    assert len(tables) == 5
    for table in tables:
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1


def test_versions_are_those_installed() -> None:
    assert {"python", "hpolab", "keras", "numpy"} <= versions().keys()
    for name, version in versions().items():
        assert f"| {name} | {version} |" in card()


def test_result_without_figures_still_has_a_card() -> None:
    text = card(
        history=(), health=HealthReport(), n_parameters=None, test_accuracy=None, loss=None
    )

    assert "None of the six metrics applies" in text
    assert "## Training" not in text
    assert "None" not in text.replace("None of the six", "")


def test_paths_in_the_code_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a 'quoted' place.csv").write_text("text,label\n")
    config = SweepConfig.parse(
        {"dataset": {"name": "texts", "path": "a 'quoted' place.csv"}, "model": "lstm"}
    )

    text = card(config)

    assert repr(str(tmp_path / "a 'quoted' place.csv")) in text
    compile(snippets(text), "card", "exec")


def test_own_builder_is_to_be_imported() -> None:
    assert "Import `mine` first" in card(SweepConfig(model="mine:build"))


@pytest.fixture
def fresh_keras() -> Iterator[None]:
    import keras

    keras.utils.clear_session(free_memory=False)
    yield
    keras.utils.clear_session(free_memory=False)


def run_card(sweep: Sweep, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Execute the code of a sweep's card in its folder; what it leaves in its namespace."""
    monkeypatch.chdir(sweep.folder.best)
    names: dict[str, Any] = {}
    code = snippets((sweep.folder.best / "README.md").read_text(encoding="utf-8"))
    exec(compile(code, "README.md", "exec"), names)
    return names


@pytest.mark.slow
@pytest.mark.usefixtures("fresh_keras")
def test_code_of_an_image_card_reaches_the_test_accuracy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = SweepConfig(
        dataset={"name": "digits", "max_samples": 300},
        space={"filters": 8, "n_blocks": 1, "learning_rate": 1e-2, "batch_size": 32},
        executor="inline",
        budget=1,
        epochs=1,
    )
    sweep = Sweep(config, path=tmp_path / "lab").run()
    assert sweep.best is not None, [t.ended for t in sweep.record.finished()]
    assert sweep.best.ended is not None

    names = run_card(sweep, monkeypatch)

    said = capsys.readouterr().out
    accuracy = float(said.split("test accuracy")[1].split()[0])
    assert accuracy == pytest.approx(sweep.best.ended.test_accuracy, abs=1e-9)
    assert names["probabilities"].shape == (1, 10)
    assert said.splitlines()[0] in names["classes"] == list("0123456789")


@pytest.mark.slow
@pytest.mark.usefixtures("fresh_keras")
def test_code_of_a_text_card_reads_texts_as_training_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = SweepConfig.parse(
        {
            "dataset": {"name": "texts", "path": str(write_reviews(tmp_path / "reviews.csv"))},
            "space": {
                "vocabulary": 20, "sequence_length": 6, "embedding_width": 4, "lstm_units": 4,
                "n_layers": 1, "bidirectional": False, "batch_size": 16,
            },
            "executor": "inline",
            "budget": 1,
            "epochs": 1,
        }
    )  # fmt: skip
    sweep = Sweep(config, path=tmp_path / "lab").run()
    assert sweep.best is not None, [t.ended for t in sweep.record.finished()]
    assert sweep.best.ended is not None

    names = run_card(sweep, monkeypatch)

    said = capsys.readouterr().out
    assert float(said.split()[2]) == pytest.approx(sweep.best.ended.test_accuracy, abs=1e-9)
    data = load(config.dataset)
    expected = data.test.texts.padded(length=6, vocabulary=20)
    np.testing.assert_array_equal(names["rows"], expected)
    assert data.vocabulary is not None
    words = json.loads(data.vocabulary.read_text(encoding="utf-8"))
    for row, text in zip(expected, data.test.texts, strict=True):
        shown = " ".join(words[i] for i in text.tolist()[1:])
        np.testing.assert_array_equal(names["row"](names["ids"](shown)), row)
    shutil.rmtree(tmp_path / "lab")


def write_reviews(path: Path) -> Path:
    """Short texts, some with words that are rare, or that only a few texts show."""
    rng = np.random.default_rng(0)
    lines = ["text,label"]
    for number in range(80):
        words = [f"word{i}" for i in rng.geometric(0.15, rng.integers(2, 10))]
        verdict = "didn't" if number % 2 else "Good"
        lines.append(f"{' '.join([*words, verdict])},{'no' if number % 2 else 'yes'}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
