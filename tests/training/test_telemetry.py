from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from hpolab.models.cnn import cnn
from hpolab.models.lstm import lstm
from hpolab.training.loop import Evaluation, Steps
from hpolab.training.telemetry import (
    MAX_PROBES,
    Observer,
    Telemetry,
    stratified_folds,
    stratified_sample,
)

X = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 1)).astype(np.uint8)
Y = np.arange(40) % 4


@pytest.fixture(scope="module")
def network() -> keras.Model:
    keras.utils.set_random_seed(0)
    return cnn((8, 8, 1), 4, n_blocks=1, filters=6, dense_units=12)


@pytest.fixture(scope="module")
def observer(network: keras.Model) -> Observer:
    return Observer(network, X, Y)


def test_a_look_gives_each_units_mean_and_spread_behind_its_activation(
    network: keras.Model, observer: Observer
) -> None:
    probe = observer.look(3)
    layer = keras.Model(network.inputs[0], network.get_layer("act1").output)
    outputs = layer(X).numpy().reshape(-1, 6)
    assert probe.epoch == 3
    np.testing.assert_allclose(probe.unit_mean["conv1"], outputs.mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(probe.unit_std["conv1"], outputs.std(axis=0), rtol=1e-3)
    assert list(probe.unit_std) == ["conv1", "dense"]


def test_a_look_gives_the_loss_and_the_norms_of_gradients_and_weights(
    network: keras.Model, observer: Observer
) -> None:
    probe = observer.look(1)
    kernel = network.get_layer("dense").kernel
    with tf.GradientTape() as tape:
        chosen = tf.gather(network(X), Y, batch_dims=1)
        loss = -tf.reduce_mean(tf.math.log(chosen))
    gradient = tape.gradient(loss, kernel)
    assert probe.loss == pytest.approx(float(loss), rel=1e-4)
    assert probe.gradient_norms["dense/kernel"] == pytest.approx(
        float(tf.norm(gradient)), rel=1e-3
    )
    assert probe.weight_norms["dense/kernel"] == pytest.approx(
        float(tf.norm(kernel.value)), rel=1e-4
    )


def test_dead_units_have_no_spread(network: keras.Model, observer: Observer) -> None:
    dense = network.get_layer("dense")
    kernel, bias = dense.get_weights()
    dense.set_weights([kernel, np.where(np.arange(12) < 5, -1e4, bias)])
    try:
        spread = observer.look(1).unit_std["dense"]
    finally:
        dense.set_weights([kernel, bias])
    assert (spread[:5] == 0).all()
    assert (spread[5:] > 0).any()


def test_a_look_changes_nothing(network: keras.Model, observer: Observer) -> None:
    before = network.get_weights()
    observer.look(1)
    for old, new in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_gradients_of_an_embedding_are_summed_over_repeated_words() -> None:
    model = lstm((5,), 2, vocabulary=9, embedding_width=3, lstm_units=4)
    tokens, y = np.tile([1, 1, 2, 2, 3], (6, 1)).astype(np.int32), np.arange(6) % 2
    probe = Observer(model, tokens, y).look(1)
    table = model.get_layer("embedding").embeddings
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(tf.math.log(tf.gather(model(tokens), y, batch_dims=1)))
    gradient = tf.convert_to_tensor(tape.gradient(loss, table))
    assert probe.gradient_norms["embedding/embeddings"] == pytest.approx(
        float(tf.norm(gradient)), rel=1e-3
    )


def telemetry(observer: Any, *, epochs: int, n_validation: int = 100) -> Telemetry:
    return Telemetry(
        observer,
        train_y=np.array([0] * 60 + [1] * 40),
        validation_y=np.arange(n_validation) % 2,
        n_classes=3,
        n_parameters=77,
        epochs=epochs,
        seed=0,
    )


@pytest.mark.parametrize("epochs", [1, 2, 9, 10, 11, 60, 1000])
def test_at_most_ten_epochs_are_probed_and_the_last_one_always(
    epochs: int, observer: Observer
) -> None:
    watching = telemetry(observer, epochs=epochs)
    probed = [epoch for epoch in range(1, epochs + 1) if watching.is_probed(epoch)]
    assert len(probed) == min(epochs, MAX_PROBES)
    assert probed[-1] == epochs
    gaps = np.diff(probed)
    assert epochs < 3 or gaps.max() - gaps.min() <= 1


def answers(right: np.ndarray) -> Evaluation:
    n = len(right)
    return Evaluation(np.full(n, 0.3), np.full((n, 2), 0.5, np.float32), right)


def test_what_an_epoch_gave_is_recorded_as_health_wants_it(observer: Observer) -> None:
    watching = telemetry(observer, epochs=2)
    steps = Steps(np.linspace(2, 1, 40), np.full(40, 0.5))
    right = np.arange(100) < 80
    watching.add_epoch(1, steps, answers(right))
    recorded = watching.recorded()
    assert recorded.baseline_loss == pytest.approx(-(0.6 * np.log(0.6) + 0.4 * np.log(0.4)))
    assert recorded.chance == 0.6
    assert (recorded.n_train, recorded.n_classes, recorded.n_parameters) == (100, 3, 77)
    np.testing.assert_allclose(recorded.block_losses, steps.loss.reshape(10, 4).mean(axis=1))
    assert recorded.train_losses == pytest.approx([1.5])
    assert recorded.val_losses == pytest.approx([0.3])
    assert recorded.val_accuracies == pytest.approx([0.8])
    assert recorded.fold_accuracies.mean() == pytest.approx(0.8)
    assert len(recorded.probes) == 1


def test_an_epoch_of_few_steps_has_as_many_blocks_as_steps(observer: Observer) -> None:
    watching = telemetry(observer, epochs=2)
    watching.add_epoch(1, Steps(np.ones(3), np.ones(3)), answers(np.ones(100, bool)))
    assert watching.recorded().block_losses.shape == (3,)


def test_a_small_validation_set_has_no_folds(observer: Observer) -> None:
    watching = telemetry(observer, epochs=1, n_validation=20)
    watching.add_epoch(1, Steps(np.ones(3), np.ones(3)), answers(np.ones(20, bool)))
    assert watching.recorded().fold_accuracies.shape == (0,)


labels = st.lists(st.integers(0, 6), min_size=50, max_size=400).map(np.array)


@given(labels)
def test_folds_differ_by_one_at_most_in_all_and_within_each_class(y: np.ndarray) -> None:
    folds = stratified_folds(y, seed=0)
    assert folds is not None
    for part in (np.ones(len(y), bool), *(y == c for c in np.unique(y))):
        sizes = np.bincount(folds[part], minlength=5)
        assert sizes.max() - sizes.min() <= 1


@given(labels, st.integers(1, 300))
def test_a_sample_has_the_shares_of_the_whole_and_no_example_twice(y: np.ndarray, n: int) -> None:
    chosen = stratified_sample(y, n, seed=0)
    assert len(np.unique(chosen)) == len(chosen) == min(n, len(y))
    wanted = np.bincount(y, minlength=7) * len(chosen) / len(y)
    assert np.abs(np.bincount(y[chosen], minlength=7) - wanted).max() <= 4
