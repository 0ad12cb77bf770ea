from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from hpolab.data import load
from hpolab.models.cnn import cnn
from hpolab.models.lstm import lstm
from hpolab.training.diagnostics import Diagnostics
from hpolab.training.loop import Evaluation, Examples, Trainer
from hpolab.training.optimizers import TrainingPlan
from hpolab.training.outcomes import record_outcomes
from hpolab.training.recording import Recording
from hpolab.training.telemetry import Observer
from hpolab.trial import EpochRecord, RunResult, RunSpec

Finished = tuple[RunSpec, RunResult]


def read(folder: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    with np.load(folder / "diagnostics/arrays.npz", allow_pickle=False) as file:
        arrays = dict(file)
    return arrays, json.loads((folder / "diagnostics/index.json").read_text())["arrays"]


@pytest.fixture(scope="module")
def image_run(completed: Finished) -> tuple[dict[str, np.ndarray], dict[str, Any], Finished]:
    return *read(completed[0].folder), completed


@pytest.fixture(scope="module")
def text_run(read_texts: Finished) -> dict[str, np.ndarray]:
    return read(read_texts[0].folder)[0]


def test_the_index_explains_every_array(image_run: Any) -> None:
    arrays, index, _ = image_run
    assert set(index) == set(arrays)
    for key, entry in index.items():
        assert entry["what"]
        assert tuple(entry["shape"]) == arrays[key].shape
        assert len(entry["axes"]) == arrays[key].ndim
        assert "labels" not in entry or len(entry["labels"]) == arrays[key].shape[-1]


def test_everything_the_product_promises_is_there(image_run: Any) -> None:
    kinds = {key.split("/")[0] for key in image_run[0]}
    assert kinds >= {
        *("train_loss", "val_loss", "train_accuracy", "val_accuracy", "learning_rate"),
        *("confusion", "precision", "recall", "f1", "mistake_index", "mistake_input"),
        *("calibration_count", "calibration_confidence", "calibration_accuracy"),
        *("probe_epoch", "gradient_norm", "weight_norm", "update_ratio", "unit_std", "unit_mean"),
        *("weight_histogram", "filters", "activation_histogram", "activation_map"),
    }


def test_curves_are_those_of_the_history(image_run: Any) -> None:
    arrays, _, (_, result) = image_run
    expected = [record.val_loss for record in result.history]
    np.testing.assert_allclose(arrays["val_loss"], expected, rtol=1e-6)


def test_the_confusion_matrix_counts_the_validation_set(image_run: Any) -> None:
    arrays, _, (spec, result) = image_run
    validation = load(spec.dataset).validation
    confusion = arrays["confusion"]
    np.testing.assert_array_equal(confusion.sum(axis=1), np.bincount(validation.y, minlength=10))
    assert np.trace(confusion) / confusion.sum() == pytest.approx(result.accuracy)
    assert arrays["calibration_count"].sum() == len(validation)


def test_mistakes_show_what_was_answered_to_which_example(image_run: Any) -> None:
    arrays, _, (spec, _) = image_run
    validation = load(spec.dataset).validation
    index = arrays["mistake_index"]
    assert 0 < len(index) <= 24
    np.testing.assert_array_equal(arrays["mistake_input"], validation.images[index])
    np.testing.assert_array_equal(arrays["mistake_true"], validation.y[index])
    assert (arrays["mistake_true"] != arrays["mistake_predicted"]).all()
    assert (np.diff(arrays["mistake_confidence"]) <= 0).all()


def test_filters_are_the_trained_kernels(image_run: Any) -> None:
    arrays, _, (spec, _) = image_run
    model = keras.models.load_model(spec.folder / "model.keras")
    kernel = model.get_layer("conv1").kernel.numpy()
    np.testing.assert_allclose(arrays["filters/conv1"], kernel, rtol=1e-3, atol=1e-4)


def test_weight_histograms_count_every_number_before_and_after(image_run: Any) -> None:
    arrays, _, (spec, _) = image_run
    counts = arrays["weight_histogram/conv2/kernel"]
    model = keras.models.load_model(spec.folder / "model.keras")
    kernel = model.get_layer("conv2").kernel.numpy()
    assert counts.sum(axis=0).tolist() == [kernel.size, kernel.size]
    last, _ = np.histogram(kernel, arrays["weight_histogram/conv2/kernel/edges"])
    assert np.abs(counts[:, 1] - last).sum() <= 2  # edges are kept with fewer digits
    assert not np.array_equal(counts[:, 0], counts[:, 1])


def test_activation_maps_show_examples_of_the_validation_set(image_run: Any) -> None:
    arrays, _, (spec, _) = image_run
    model = keras.models.load_model(spec.folder / "model.keras")
    seen = keras.Model(model.inputs[0], model.get_layer("act1").output)(arrays["map_input"])
    low, high = arrays["activation_map/conv1/range"]
    shown = low + arrays["activation_map/conv1"] / 255 * (high - low)
    np.testing.assert_allclose(shown, seen, atol=(high - low) / 200)


def test_update_ratios_are_those_of_the_last_step() -> None:
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).integers(0, 256, (64, 8, 8, 1)).astype(np.uint8)
    train = Examples.of(x, np.arange(64) % 3)
    model = cnn((8, 8, 1), 3, n_blocks=1, filters=4, dense_units=8)
    trainer = Trainer(model, train, TrainingPlan(batch_size=16), seed=0)
    diagnostics = Diagnostics(model)
    order, rates = trainer.next_order(), np.array([0, 0, 0, 0.01], np.float32)
    before = model.get_layer("dense").kernel.numpy()
    steps = diagnostics.run_measured(trainer, order, rates)
    moved = model.get_layer("dense").kernel.numpy() - before
    assert steps.loss.shape == (4,)
    assert diagnostics._updates[0][1] == pytest.approx(
        np.linalg.norm(moved) / np.linalg.norm(before), rel=1e-4
    )


def test_an_lstm_shows_its_gates_both_ways_and_how_far_it_looks_back(text_run: Any) -> None:
    for direction in ("forward", "backward"):
        gates = text_run[f"gates/bidirectional1/{direction}_lstm1"]
        assert gates.shape == (3, 10, 3, 8)
        assert gates.dtype == np.uint8
    reach = text_run["gradient_through_time/bidirectional1"]
    assert reach.shape == (10,)
    assert (reach > 0).all()
    assert text_run["mistake_input"].shape[1:] == (10,)


def test_recorded_cell_states_are_those_of_the_layer(tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    model = lstm((6,), 2, vocabulary=20, embedding_width=4, lstm_units=5)
    tokens = np.random.default_rng(0).integers(0, 20, (50, 6)).astype(np.int32)
    y = np.arange(50) % 2
    save(tmp_path, model, tokens, y, n_classes=2)
    arrays, _ = read(tmp_path)
    layer = keras.layers.LSTM(5, return_state=True)
    embedded = model.get_layer("embedding")(arrays["gate_input"])
    layer.build(embedded.shape)
    layer.set_weights(model.get_layer("lstm1").get_weights())
    _, _, state = layer(embedded)
    np.testing.assert_allclose(arrays["cell_state/lstm1"][:, -1], state, atol=2e-3)


def save(folder: Path, model: keras.Model, x: Any, y: Any, *, n_classes: int) -> None:
    """What a run of ten probed epochs writes, without training."""
    diagnostics = Diagnostics(model)
    examples = Examples.of(x, y)
    trainer = Trainer(model, examples, TrainingPlan(batch_size=32), seed=0)
    observer = Observer(model, x[:256], y[:256])
    probes = []
    for epoch in range(1, 11):
        diagnostics.run_measured(trainer, trainer.next_order()[:2], np.full(2, 1e-3, np.float32))
        probes.append(observer.look(epoch))
    record = EpochRecord(
        epoch=1,
        train_loss=None,
        train_accuracy=0,
        val_loss=1,
        val_accuracy=0,
        learning_rate=1,
        seconds=1,
    )
    diagnostics.save(
        folder,
        history=[record],
        probes=probes,
        answers=trainer.evaluate(examples),
        validation=examples,
        classes=tuple(map(str, range(n_classes))),
    )


def test_the_largest_default_cnn_on_mnist_like_images_stays_under_two_megabytes(
    tmp_path: Path,
) -> None:
    keras.utils.set_random_seed(0)
    model = cnn(
        (28, 28, 1), 10, n_blocks=3, filters=32, kernel_size=5, dense_units=128, batch_norm=True
    )
    # noise does not compress: a worse case than any data
    x = np.random.default_rng(0).integers(0, 256, (300, 28, 28, 1)).astype(np.uint8)
    save(tmp_path, model, x, np.arange(300) % 10, n_classes=10)
    size = sum(file.stat().st_size for file in (tmp_path / "diagnostics").iterdir())
    assert size < 2_000_000


def outcome(probabilities: list[list[float]], y: list[int]) -> dict[str, np.ndarray]:
    answers = np.array(probabilities, np.float32)
    right = answers.argmax(axis=1) == np.array(y)
    recording = Recording()
    x = np.zeros((len(y), 2, 2, 1), np.uint8)
    evaluation = Evaluation(np.zeros(len(y)), answers, right)
    record_outcomes(recording, evaluation, x, np.array(y), ("a", "b"))
    return recording._arrays


def test_precision_recall_and_f1_of_a_worked_example() -> None:
    arrays = outcome([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.2, 0.8]], [0, 0, 1, 1])
    assert arrays["precision"] == pytest.approx([2 / 3, 1])
    assert arrays["recall"] == pytest.approx([1, 1 / 2])
    assert arrays["f1"] == pytest.approx([4 / 5, 2 / 3])
    assert arrays["calibration_accuracy"][[7, 8, 9]] == pytest.approx([0, 1, 1])


def test_a_class_that_is_never_answered_has_figures_of_zero() -> None:
    arrays = outcome([[0.9, 0.1], [0.9, 0.1]], [0, 1])
    assert arrays["precision"] == pytest.approx([1 / 2, 0])
    assert arrays["f1"][1] == 0


def test_a_network_without_mistakes_has_an_empty_list_of_them() -> None:
    arrays = outcome([[0.9, 0.1]], [0])
    assert arrays["mistake_index"].shape == (0,)
    assert arrays["mistake_input"].shape == (0, 2, 2, 1)
