"""The playground's network against Keras, and its gradient against differences of its loss."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from hpolab.playground.network import (
    Dense,
    backward,
    cross_entropy,
    forward,
    fresh,
    grown,
    names,
    softmax,
)
from hpolab.playground.optimizers import Optimizer
from hpolab.playground.plan import ACTIVATIONS, OPTIMIZERS

KERAS = {
    "sgd": lambda rate: keras.optimizers.SGD(rate),
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "adam": lambda rate: keras.optimizers.Adam(rate),
}


def batch(n=20, inputs=5, classes=3, seed=1):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, inputs)), rng.integers(0, classes, n).astype(np.int32)


def same_in_keras(layers, activation):
    """A Keras model with the same weights, in double precision."""
    parts = [keras.Input((len(layers[0].kernel),), dtype="float64")]
    for at, layer in enumerate(layers):
        bend = activation if at < len(layers) - 1 else None
        parts.append(keras.layers.Dense(len(layer.bias), activation=bend, dtype="float64"))
    model = keras.Sequential(parts)
    model.set_weights([array for layer in layers for array in layer])
    return model


def loss_and_gradients_of_keras(model, x, y):
    with tf.GradientTape() as tape:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")(
            y, model(x)
        )
    return float(loss), tape.gradient(loss, model.trainable_variables)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_loss_and_gradients_are_those_of_keras(activation, depth):
    x, y = batch()
    layers = fresh([5, *[7] * depth, 3], np.random.default_rng(0))
    seen = forward(layers, x, activation)
    gradients = [array for layer in backward(layers, seen, y, activation) for array in layer]
    loss, expected = loss_and_gradients_of_keras(same_in_keras(layers, activation), x, y)
    assert cross_entropy(seen.logits, y) == pytest.approx(loss, rel=1e-9)
    for ours, theirs in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_weights_after_several_steps_are_those_of_keras(optimizer):
    x, y = batch()
    layers = fresh([5, 7, 3], np.random.default_rng(0))
    model, theirs = same_in_keras(layers, "tanh"), KERAS[optimizer](0.03)
    ours = Optimizer(optimizer, layers)
    before = layers[0].kernel.copy()
    for _ in range(6):
        ours.apply(layers, backward(layers, forward(layers, x, "tanh"), y, "tanh"), 0.03)
        _, gradients = loss_and_gradients_of_keras(model, x, y)
        theirs.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    assert np.abs(layers[0].kernel - before).max() > 0.01
    arrays = [array for layer in layers for array in layer]
    for mine, variable in zip(arrays, model.trainable_variables, strict=True):
        np.testing.assert_allclose(
            mine, variable.numpy(), rtol=1e-5, atol=5e-6
        )  # Keras has its powers of beta in single precision


@given(
    seed=st.integers(0, 10_000),
    activation=st.sampled_from(["tanh", "sigmoid", "leaky_relu", "relu"]),
    depth=st.integers(0, 3),
    dropout=st.sampled_from([0.0, 0.4]),
)
@settings(max_examples=40)
def test_the_gradient_is_the_slope_of_the_loss_along_any_direction(
    seed, activation, depth, dropout
):
    rng = np.random.default_rng(seed)
    x, y = batch(n=8, inputs=3, classes=4, seed=seed)
    layers = fresh([3, *[5] * depth, 4], rng)
    direction = [Dense(*(rng.normal(size=array.shape) for array in layer)) for layer in layers]

    def passed(along):
        moved = [
            Dense(*(a + along * d for a, d in zip(layer, ds, strict=True)))
            for layer, ds in zip(layers, direction, strict=True)
        ]
        chooser = np.random.default_rng(seed)  # the same units are left out every time
        return moved, forward(moved, x, activation, dropout=dropout, rng=chooser)

    bent = [
        np.sign(np.concatenate([s.ravel() for s in passed(along)[1].sums] or [np.zeros(1)]))
        for along in (-1e-6, 0, 1e-6)
    ]
    if not np.array_equal(bent[0], bent[2]):
        return  # a bend of relu lies between the two: there is no slope there
    gradients = backward(layers, passed(0.0)[1], y, activation)
    slope = sum(
        (g * d).sum()
        for layer, ds in zip(gradients, direction, strict=True)
        for g, d in zip(layer, ds, strict=True)
    )
    above, below = (cross_entropy(passed(along)[1].logits, y) for along in (1e-6, -1e-6))
    assert slope == pytest.approx((above - below) / 2e-6, rel=1e-4, abs=1e-6)


def test_dropout_leaves_out_its_share_and_keeps_the_mean():
    layers = fresh([4, 64, 2], np.random.default_rng(0))
    x = np.ones((500, 4))
    mask = forward(layers, x, "relu", dropout=0.25, rng=np.random.default_rng(1)).masks[0]
    assert (mask == 0).mean() == pytest.approx(0.25, abs=0.01)
    assert mask.mean() == pytest.approx(1, abs=0.01)
    assert forward(layers, x, "relu").masks == [None]


def test_probabilities_stay_probabilities_however_large_the_logits():
    said = softmax(np.array([[1e4, 0.0, -1e4], [0.0, 0.0, 0.0]]))
    np.testing.assert_allclose(said, [[1, 0, 0], [1 / 3] * 3])
    assert cross_entropy(np.array([[0.0, 1e4]]), np.array([0])) == 1e4


def test_a_wider_layer_keeps_its_units_and_a_narrower_one_loses_its_last():
    rng = np.random.default_rng(0)
    old = fresh([2, 4, 4, 3], rng)
    wide = grown(old, fresh([2, 6, 6, 3], rng))
    np.testing.assert_array_equal(wide[1].kernel[:4, :4], old[1].kernel)
    np.testing.assert_array_equal(wide[2].kernel[:4], old[2].kernel)
    narrow = grown(wide, fresh([2, 3, 3, 3], rng))
    np.testing.assert_array_equal(narrow[0].kernel, old[0].kernel[:, :3])
    np.testing.assert_array_equal(narrow[2].bias, old[2].bias)


def test_another_depth_keeps_the_hidden_layers_and_begins_the_output_anew():
    rng = np.random.default_rng(0)
    old = fresh([2, 4, 4, 3], rng)
    new = fresh([2, 4, 4, 4, 3], rng)
    begun = new[-1].kernel.copy()
    deeper = grown(old, new)
    for at in (0, 1):
        np.testing.assert_array_equal(deeper[at].kernel, old[at].kernel)
    np.testing.assert_array_equal(deeper[-1].kernel, begun)
    assert names(deeper) == ["layer 1", "layer 2", "layer 3", "output"]
