from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from hpolab.data import load
from hpolab.scoring import METRICS
from hpolab.training import run as run_module
from hpolab.training.run import train_run
from hpolab.trial import EpochRecord, RunResult, RunSpec, Stop

Finished = tuple[RunSpec, RunResult]
MakeSpec = Callable[..., RunSpec]
PARAMS: dict[str, Any] = {"n_blocks": 1, "filters": 4, "dense_units": 8, "batch_size": 16}


def go_on(_: EpochRecord) -> None:
    """Never stops."""


def test_a_run_to_the_end_brings_everything_a_trial_needs(completed: Finished) -> None:
    spec, result = completed
    assert (result.state, result.reason) == ("completed", "")
    assert [record.epoch for record in result.history] == [1, 2, 3]
    assert result.accuracy == result.history[-1].val_accuracy > 0.5
    assert result.loss == result.history[-1].val_loss
    assert result.test_accuracy is not None
    assert result.test_accuracy > 0.5
    assert set(result.health.metrics) == set(METRICS)
    assert not result.health.partial
    assert result.fingerprint == load(spec.dataset).fingerprint
    assert 0 < result.train_seconds < result.seconds
    assert RunResult.parse(result.to_json()) == result


def test_what_a_run_wrote_is_what_it_lists(completed: Finished) -> None:
    spec, result = completed
    written = {
        p.relative_to(spec.folder).as_posix() for p in spec.folder.rglob("*") if p.is_file()
    }
    assert written == set(result.artifacts)
    assert written == {
        *("architecture.json", "classes.json", "model.keras"),
        *("diagnostics/arrays.npz", "diagnostics/index.json"),
    }


def test_the_saved_model_is_plain_keras_and_answers_as_the_trained_one(
    completed: Finished,
) -> None:
    spec, result = completed
    model = keras.models.load_model(spec.folder / "model.keras")
    test = load(spec.dataset).test
    answers = model.predict(test.images, verbose=0).argmax(axis=1)
    assert np.mean(answers == test.y) == pytest.approx(result.test_accuracy)
    assert model.count_params() >= (result.n_parameters or 0) > 0


def test_the_architecture_is_written_down(completed: Finished) -> None:
    spec, result = completed
    told = json.loads((spec.folder / "architecture.json").read_text())
    assert told["n_parameters"] == result.n_parameters
    assert told["layers"][-1]["name"] == "probabilities"


def test_texts_are_read_by_an_lstm(read_texts: Finished) -> None:
    _, result = read_texts
    assert (result.state, result.reason) == ("completed", "")
    assert result.test_accuracy is not None
    assert result.test_accuracy > 0.8


def test_health_is_told_after_every_epoch(completed: Finished) -> None:
    _, result = completed
    assert all(record.health for record in result.history)
    assert result.history[-1].health == pytest.approx(result.health.values())


def test_the_worst_of_every_look_is_reported_with_its_epoch(completed: Finished) -> None:
    _, result = completed
    for record in result.history:
        assert record.signs is not None
        assert 0 <= record.signs.silent < 1
        assert record.signs.elasticity > 1e-3


def test_a_network_that_learns_too_fast_to_live_is_told_by_its_signs(
    run_spec: MakeSpec, tmp_path: Path
) -> None:
    dead = PARAMS | {"optimizer": "sgd", "learning_rate": 1.0, "n_blocks": 2}
    result = train_run(run_spec(tmp_path, params=dead, epochs=12), go_on)
    seen = {record.epoch for record in result.history if record.signs is not None}
    last = result.history[-1].signs
    assert len(seen) == 10
    assert last is not None
    assert last.silent > 0.9
    assert last.layer


def test_the_same_spec_gives_the_same_history_bit_by_bit(
    completed: Finished, run_spec: MakeSpec, tmp_path: Path
) -> None:
    _, first = completed
    second = train_run(run_spec(tmp_path), go_on)
    for one, other in zip(first.history, second.history, strict=True):
        assert one.replace(seconds=0) == other.replace(seconds=0)
    assert second.test_loss == first.test_loss
    assert second.health == first.health


def test_another_seed_gives_another_history_and_recording_changes_nothing(
    run_spec: MakeSpec, tmp_path: Path
) -> None:
    unrecorded = train_run(run_spec(tmp_path, record=False, epochs=1), go_on)
    assert not (tmp_path / "diagnostics").exists()
    recorded = train_run(run_spec(tmp_path, record=True, epochs=1), go_on)
    assert unrecorded.history[0].replace(seconds=0) == recorded.history[0].replace(seconds=0)
    other = train_run(run_spec(tmp_path, seed=1, epochs=1), go_on)
    assert other.history[0].train_loss != recorded.history[0].train_loss


class CountedPart:
    """A part of a data set that counts how often it is read."""

    def __init__(self, part: Any) -> None:
        self._part = part
        self.reads = 0

    @property
    def x(self) -> Any:
        self.reads += 1
        return self._part.x

    @property
    def y(self) -> Any:
        return self._part.y


@pytest.fixture
def test_part(run_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> CountedPart:
    data = load(run_spec(Path()).dataset)
    counted = CountedPart(data.test)
    monkeypatch.setattr(run_module, "load", lambda _: replace(data, test=counted))
    return counted


@pytest.mark.parametrize("state", ["pruned", "cancelled"])
def test_a_stop_ends_the_run_after_its_epoch_without_a_look_at_the_test_set(
    run_spec: MakeSpec, tmp_path: Path, test_part: CountedPart, state: Any
) -> None:
    seen: list[int] = []

    def stop_at_two(record: EpochRecord) -> Stop | None:
        seen.append(record.epoch)
        return Stop(state=state, reason="enough") if record.epoch == 2 else None

    result = train_run(run_spec(tmp_path, params=PARAMS, epochs=5), stop_at_two)
    assert (result.state, result.reason) == (state, "enough")
    assert seen == [1, 2]
    assert result.accuracy == result.history[-1].val_accuracy
    assert result.test_accuracy is None
    assert result.health.partial
    assert test_part.reads == 0
    assert "model.keras" not in result.artifacts
    assert ("diagnostics/arrays.npz" in result.artifacts) == (state == "pruned")


def test_the_test_set_is_touched_once(
    run_spec: MakeSpec, tmp_path: Path, test_part: CountedPart
) -> None:
    result = train_run(run_spec(tmp_path, params=PARAMS, epochs=2), go_on)
    assert result.state == "completed"
    assert test_part.reads == 1


def test_a_result_says_how_many_examples_there_were_in_each_split(
    run_spec: MakeSpec, tmp_path: Path
) -> None:
    spec = run_spec(tmp_path, params=PARAMS, epochs=1)
    data = load(spec.dataset)
    parts = {"train": data.train, "validation": data.validation, "test": data.test}

    assert train_run(spec, go_on).examples == {name: len(part) for name, part in parts.items()}


def failed(spec: RunSpec) -> str:
    """The reason why the run failed; its traceback must be in the log."""
    result = train_run(spec, go_on)
    assert result.state == "failed"
    assert result.accuracy is None
    assert "log.txt" in result.artifacts
    assert "Traceback" in (spec.folder / "log.txt").read_text()
    return result.reason


def test_other_data_than_the_coordinators_are_refused(run_spec: MakeSpec, tmp_path: Path) -> None:
    reason = failed(run_spec(tmp_path, fingerprint="of other data"))
    assert "of other data" in reason
    assert "same files" in reason


def test_a_batch_larger_than_the_training_set_fails_the_run(
    run_spec: MakeSpec, tmp_path: Path
) -> None:
    assert "batch_size" in failed(run_spec(tmp_path, params={**PARAMS, "batch_size": 1024}))


USERS = """
import keras
import numpy as np
import tensorflow as tf

def raises(params, input_shape, n_classes):
    raise RuntimeError("no such layer here")

def explodes(params, input_shape, n_classes):
    image = keras.Input(input_shape)
    x = keras.layers.Flatten()(image)
    x = keras.layers.Dense(4, activation="exponential")(x)
    return keras.Model(image, keras.layers.Dense(n_classes, activation="softmax")(x))

class Hungry(keras.layers.Layer):
    def call(self, x, training=False):
        if training:
            much = tf.cast(tf.reduce_sum(x) * 0, tf.int64) + 2**44
            return x * tf.reduce_sum(tf.fill([much], 1.0))
        return x

def hungry(params, input_shape, n_classes):
    image = keras.Input(input_shape)
    x = Hungry()(keras.layers.Flatten()(image))
    return keras.Model(image, keras.layers.Dense(n_classes, activation="softmax")(x))

class Broken(keras.layers.Layer):
    def call(self, x, training=False):
        far = tf.cast(tf.reduce_sum(x) * 0, tf.int32) + 99999
        return x * tf.gather(x, far, axis=1)[:, None] if training else x

def broken(params, input_shape, n_classes):
    image = keras.Input(input_shape)
    x = Broken()(keras.layers.Flatten()(image))
    return keras.Model(image, keras.layers.Dense(n_classes, activation="softmax")(x))

def greedy(params, input_shape, n_classes):
    raise MemoryError

def reads_rows(params, input_shape, n_classes):
    image = keras.Input(input_shape)
    rows = keras.layers.Reshape((input_shape[0], -1))(keras.layers.Rescaling(1 / 16)(image))
    x = keras.layers.LSTM(12)(rows)
    return keras.Model(image, keras.layers.Dense(n_classes, activation="softmax")(x))

def own(params, input_shape, n_classes):
    image = keras.Input(input_shape)
    x = keras.layers.Flatten()(keras.layers.Rescaling(1 / 16)(image))
    x = keras.layers.Dense(params["units"], activation="tanh")(x)
    return keras.Model(image, keras.layers.Dense(n_classes, activation="softmax")(x))
"""


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "users_networks.py").write_text(USERS)
    monkeypatch.syspath_prepend(tmp_path)
    return "users_networks"


def test_a_loss_that_is_no_number_fails_the_run_and_keeps_what_was_seen(
    run_spec: MakeSpec, tmp_path: Path, users: str
) -> None:
    spec = run_spec(tmp_path, model=f"{users}:explodes", params={})
    result = train_run(spec, go_on)
    assert result.state == "failed"
    assert "the loss became NaN in epoch 1" in result.reason
    assert [record.train_loss for record in result.history] == [None]
    assert result.health.partial
    assert result.health.metrics["training_stability"].value == 0


def test_a_users_lstm_may_read_images_row_by_row(
    run_spec: MakeSpec, tmp_path: Path, users: str
) -> None:
    spec = run_spec(tmp_path, model=f"{users}:reads_rows", params={"learning_rate": 1e-2})
    result = train_run(spec, go_on)
    assert result.state == "completed"
    with np.load(tmp_path / "diagnostics/arrays.npz") as arrays:
        assert arrays["gate_input"].shape == (3, 8, 8, 1)
        assert arrays["gates/lstm"].shape == (3, 8, 3, 12)


@pytest.mark.parametrize("builder", ["hungry", "greedy"])
def test_too_little_memory_is_told_as_such(
    run_spec: MakeSpec, tmp_path: Path, users: str, builder: str
) -> None:
    reason = failed(run_spec(tmp_path, model=f"{users}:{builder}", params={}))
    assert "memory" in reason.lower()


def test_an_error_deep_in_the_graph_is_told_by_its_cause(
    run_spec: MakeSpec, tmp_path: Path, users: str
) -> None:
    reason = failed(run_spec(tmp_path, model=f"{users}:broken", params={}))
    assert "99999 is not in" in reason


def test_a_builder_that_raises_fails_the_run_with_its_words(
    run_spec: MakeSpec, tmp_path: Path, users: str
) -> None:
    reason = failed(run_spec(tmp_path, model=f"{users}:raises", params={}))
    assert reason == "users_networks:raises raised RuntimeError: no such layer here"


def test_a_users_own_network_is_trained_like_any_other(
    run_spec: MakeSpec, tmp_path: Path, users: str
) -> None:
    params = {"units": 16, "learning_rate": 1e-2}
    result = train_run(run_spec(tmp_path, model=f"{users}:own", params=params), go_on)
    assert (result.state, result.reason) == ("completed", "")
    assert result.accuracy is not None
    assert result.accuracy > 0.5


def test_an_executor_that_breaks_while_it_listens_makes_a_failed_run(
    run_spec: MakeSpec, tmp_path: Path
) -> None:
    def broken(_: EpochRecord) -> None:
        raise OSError("the pipe is gone")

    result = train_run(run_spec(tmp_path, params=PARAMS), broken)
    assert (result.state, result.reason) == ("failed", "OSError: the pipe is gone")


def test_a_folder_that_cannot_be_made_fails_the_run_and_not_the_worker(
    run_spec: MakeSpec, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    result = train_run(run_spec(tmp_path / "file" / "trial", params=PARAMS), go_on)
    assert result.state == "failed"
    assert "Not a directory" in result.reason
    assert result.artifacts == ()
    assert "Traceback" in caplog.text


def test_a_network_whose_diagnostics_cannot_be_written_is_kept_all_the_same(
    run_spec: MakeSpec, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "diagnostics").write_text("in the way")
    result = train_run(run_spec(tmp_path, params=PARAMS, epochs=1), go_on)
    assert result.state == "completed"
    assert set(result.artifacts) == {"architecture.json", "classes.json", "log.txt", "model.keras"}
    assert "FileExistsError" in (tmp_path / "log.txt").read_text()
    assert "no diagnostics" in caplog.text


def test_an_interrupt_is_passed_on(run_spec: MakeSpec, tmp_path: Path) -> None:
    def interrupted(_: EpochRecord) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_run(run_spec(tmp_path, params=PARAMS), interrupted)


def test_names_of_layers_do_not_depend_on_earlier_runs(
    run_spec: MakeSpec, tmp_path: Path, users: str
) -> None:
    spec = run_spec(tmp_path, model=f"{users}:own", params={"units": 4}, epochs=1)
    architectures = []
    for _ in range(2):
        train_run(spec, go_on)
        architectures.append((tmp_path / "architecture.json").read_text())
    assert architectures[0] == architectures[1]
