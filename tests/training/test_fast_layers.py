from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from hpolab.training.fast_layers import accelerate_layers

IMAGES = np.random.default_rng(0).normal(2, 3, size=(6, 5, 4, 3)).astype(np.float32)


def alone(layer: Any, shape: tuple[int, ...] = IMAGES.shape[1:]) -> keras.Model:
    inputs = keras.Input(shape)
    return keras.Model(inputs, layer(inputs))


def normed(model: keras.Model, *, training: bool) -> list[np.ndarray]:
    """The answer, the gradients, and the statistics afterwards."""
    x = tf.constant(IMAGES)
    with tf.GradientTape() as tape:
        tape.watch(x)
        answer = model(x, training=training)
        loss = tf.reduce_sum(answer**3)
    gradients = tape.gradient(loss, [x, *model.trainable_variables])
    return [answer.numpy(), *(g.numpy() for g in gradients), *model.get_weights()]


@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_answers_learns_and_remembers_as_keras_does(training: bool) -> None:
    ours = alone(keras.layers.BatchNormalization(momentum=0.9, name="norm"))
    theirs = keras.models.clone_model(ours)
    weights = [[1.5, 0.5, 2], [0.3, -1, 0], [2, 1.5, 2.5], [8, 9, 10]]
    for model in (ours, theirs):
        model.set_weights([np.array(w, np.float32) for w in weights])
    assert accelerate_layers(ours) == ["norm"]
    for mine, other in zip(
        normed(ours, training=training), normed(theirs, training=training), strict=True
    ):
        np.testing.assert_allclose(mine, other, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    "layer",
    [
        keras.layers.BatchNormalization(axis=1),
        keras.layers.BatchNormalization(scale=False),
        keras.layers.BatchNormalization(center=False),
        keras.layers.BatchNormalization(dtype="mixed_float16"),
        keras.layers.Dropout(0.5, noise_shape=(None, 1, 1, 3)),
        keras.layers.Dropout(0.0),
        keras.layers.SpatialDropout2D(0.5),
        keras.layers.LayerNormalization(),
    ],
)
def test_what_is_computed_otherwise_is_left_to_keras(layer: Any) -> None:
    assert accelerate_layers(alone(layer)) == []


def test_batch_norm_of_a_table_is_left_to_keras() -> None:
    ours = alone(keras.layers.BatchNormalization(), (3,))
    theirs = keras.models.clone_model(ours)
    accelerate_layers(ours)
    x = IMAGES[:, 0, 0]
    np.testing.assert_array_equal(ours(x, training=True), theirs(x, training=True))


@pytest.mark.parametrize("shape", [(300, 400), (119, 1009), (20, 30, 10, 20)])
@pytest.mark.parametrize("rate", [0.1, 0.37])
def test_dropout_silences_its_share_and_scales_what_it_keeps(
    shape: tuple[int, ...], rate: float
) -> None:
    model = alone(keras.layers.Dropout(rate, seed=1), shape[1:])
    accelerate_layers(model)
    answer = model(tf.ones(shape), training=True).numpy()
    n = answer.size
    assert np.mean(answer == 0) == pytest.approx(rate, abs=4 * (rate * (1 - rate) / n) ** 0.5)
    np.testing.assert_allclose(answer[answer > 0], 1 / (1 - rate), rtol=1e-4)


def test_neighbours_are_dropped_independently_of_each_other() -> None:
    model = alone(keras.layers.Dropout(0.5, seed=1), (100_000,))
    accelerate_layers(model)
    kept = model(tf.ones((1, 100_000)), training=True).numpy()[0] > 0
    for distance in range(1, 9):  # values share words of 64 bits
        together = np.mean(kept[distance:] == kept[:-distance])
        assert together == pytest.approx(0.5, abs=0.01)


def test_every_pass_and_every_layer_drops_others_and_a_seed_repeats_them() -> None:
    def passes(seed: int) -> list[np.ndarray]:
        model = alone(keras.layers.Dropout(0.5, seed=seed), (64,))
        accelerate_layers(model)
        return [model(tf.ones((2, 64)), training=True).numpy() for _ in range(2)]

    first, second = passes(1)
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, passes(2)[0])
    np.testing.assert_array_equal((first, second), passes(1))


def test_gradients_flow_through_what_was_kept_only() -> None:
    model = alone(keras.layers.Dropout(0.5, seed=1), (64,))
    accelerate_layers(model)
    x = tf.ones((2, 64))
    with tf.GradientTape() as tape:
        tape.watch(x)
        answer = model(x, training=True)
    np.testing.assert_array_equal(tape.gradient(answer, x), answer)


def test_nothing_is_dropped_without_training() -> None:
    model = alone(keras.layers.Dropout(0.5), (64,))
    accelerate_layers(model)
    np.testing.assert_array_equal(model(tf.ones((2, 64))), np.ones((2, 64)))


def test_an_accelerated_model_is_saved_as_the_plain_one(tmp_path: Path) -> None:
    model = alone(keras.layers.BatchNormalization())
    accelerate_layers(model)
    model(IMAGES, training=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.layers[1].call).__name__ != "_FusedNorm"
    np.testing.assert_allclose(loaded(IMAGES), model(IMAGES), rtol=1e-4, atol=1e-6)
