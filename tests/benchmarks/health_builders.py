"""Networks for the health cases that the lab's own builders do not make, mostly sick ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import keras
from keras import layers

if TYPE_CHECKING:
    from hpolab.space import Value

Shape = tuple[int, ...]


def mlp(params: Mapping[str, Value], input_shape: Shape, n_classes: int) -> keras.Model:
    """Dense layers of equal width; their depth, activation and first biases are parameters."""
    bias = keras.initializers.Constant(float(params.get("bias", 0)))
    pixels = keras.Input(input_shape)  # (8, 8, 1), 0..255
    x = layers.Rescaling(1 / 255)(pixels)
    x = layers.Flatten()(x)  # (64,)
    for depth in range(int(params.get("depth", 2))):
        x = layers.Dense(
            int(params.get("units", 64)),
            activation=str(params.get("activation", "relu")),
            bias_initializer=bias,
            name=f"dense{depth + 1}",
        )(x)
    return keras.Model(pixels, layers.Dense(n_classes, activation="softmax", name="out")(x))


def lstm(params: Mapping[str, Value], input_shape: Shape, n_classes: int) -> keras.Model:
    """An LSTM that reads a picture row by row."""
    height, width = input_shape[:2]
    pixels = keras.Input(input_shape)  # (8, 8, 1), 0..255
    x = layers.Rescaling(1 / 255)(pixels)
    x = layers.Reshape((height, width))(x)  # (8, 8): rows in time
    x = layers.LSTM(int(params.get("units", 40)), name="lstm1")(x)  # (40,)
    return keras.Model(pixels, layers.Dense(n_classes, activation="softmax", name="out")(x))
