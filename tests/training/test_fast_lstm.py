from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from hpolab.training.fast_lstm import accelerate

X = np.random.default_rng(0).normal(size=(3, 7, 4)).astype(np.float32)


def reader(layer: Any) -> keras.Model:
    inputs = keras.Input(X.shape[1:])
    return keras.Model(inputs, layer(inputs))


def answer_and_gradients(model: keras.Model, *, training: bool = False) -> list[np.ndarray]:
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        answer = model(x, training=training)
        loss = tf.reduce_sum(answer**2)
    return [answer.numpy(), *(g.numpy() for g in tape.gradient(loss, [x, *model.weights]))]


LAYERS = {
    "last output": lambda: keras.layers.LSTM(5),
    "all outputs": lambda: keras.layers.LSTM(5, return_sequences=True),
    "backwards": lambda: keras.layers.LSTM(5, go_backwards=True),
    "both ways": lambda: keras.layers.Bidirectional(keras.layers.LSTM(5, return_sequences=True)),
}


@pytest.mark.parametrize("kind", LAYERS)
def test_answers_and_gradients_are_those_of_keras(kind: str) -> None:
    model = reader(LAYERS[kind]())
    expected = answer_and_gradients(model)
    assert accelerate(model)
    for mine, theirs in zip(answer_and_gradients(model), expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "layer",
    [
        keras.layers.LSTM(5, activation="relu"),
        keras.layers.LSTM(5, recurrent_dropout=0.5),
        keras.layers.LSTM(5, use_bias=False),
        keras.layers.GRU(5),
    ],
)
def test_what_the_operation_does_not_compute_is_left_to_keras(layer: Any) -> None:
    assert accelerate(reader(layer)) == []


def test_masked_texts_are_left_to_keras() -> None:
    padded = np.concatenate([np.zeros_like(X), X], axis=1)[:, 3:]
    model = keras.Model(
        sequence := keras.Input(padded.shape[1:]),
        keras.layers.LSTM(5, name="lstm")(keras.layers.Masking()(sequence)),
    )
    expected = model(padded).numpy()
    accelerate(model)
    np.testing.assert_allclose(model(padded).numpy(), expected, rtol=1e-5)


def test_an_accelerated_model_is_saved_as_the_plain_one(tmp_path: Path) -> None:
    model = reader(keras.layers.LSTM(5))
    accelerate(model)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.layers[1].inner_loop).__name__ == "method"
    np.testing.assert_allclose(loaded(X), model(X), rtol=1e-4, atol=1e-6)
