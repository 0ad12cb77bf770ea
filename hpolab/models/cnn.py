"""A convolutional network for images: blocks that look, then a head that decides.

Every block is convolution -> (batch norm) -> activation -> pooling -> dropout, each a layer of its
own, so that a diagram of the network shows every step. Shapes in the comments are for 28x28 grey
images and the default arguments; the batch dimension is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
from keras import layers

from hpolab.errors import ConfigError, did_you_mean
from hpolab.models import check_kernel
from hpolab.models._layers import known_arguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hpolab.space import Value

__all__ = ["ACTIVATIONS", "build", "cnn"]

ACTIVATIONS = ("relu", "leaky_relu", "elu", "selu", "gelu", "silu", "tanh", "sigmoid")
POOLINGS = ("max", "average", "stride")
HEADS = ("flatten", "global_average")


def build(
    params: Mapping[str, Value], input_shape: tuple[int, ...], n_classes: int
) -> keras.Model:
    """``cnn`` with the hyperparameters that it knows; those of training are left aside."""
    return cnn(input_shape, n_classes, **known_arguments(cnn, params))


def cnn(
    input_shape: tuple[int, ...],
    n_classes: int,
    *,
    n_blocks: int = 2,
    filters: int = 16,
    kernel_size: int = 3,
    pooling: str = "max",
    head: str = "flatten",
    dense_units: int = 64,
    activation: str = "relu",
    dropout: float = 0.25,
    batch_norm: bool = False,
) -> keras.Model:
    """A CNN that takes raw pixels and gives class probabilities.

    Args:
        input_shape: (height, width, channels); pixels are 0..255.
        n_classes: How many classes.
        n_blocks: Depth. Each block halves the picture until it is a single pixel; blocks after
            that leave its size as it is.
        filters: Width: detectors in the first block; every later block has twice as many.
        kernel_size: Side of the window a detector looks through, in pixels.
        pooling: How a block halves the picture: "max" keeps the strongest response of 2x2,
            "average" their mean, "stride" lets the convolution skip every second position.
        head: "flatten" hands every pixel to a dense layer; "global_average" keeps one number a
            detector.
        dense_units: Width of the dense layer; only counts for the head "flatten".
        activation: Nonlinearity of every hidden layer.
        dropout: Share of values silenced while training, after every block and the dense layer.
        batch_norm: Whether to normalise what a convolution gives before the activation.

    Raises:
        ConfigError: A name is unknown or the kernel is larger than the image.
    """
    _check("pooling", pooling, POOLINGS)
    _check("head", head, HEADS)
    _check("activation", activation, ACTIVATIONS)
    check_kernel(kernel_size, input_shape)

    pixels = keras.Input(input_shape, name="image")  # (28, 28, 1), 0..255
    x = layers.Rescaling(1 / 255, name="rescale")(pixels)  # (28, 28, 1), 0..1
    for block in range(1, n_blocks + 1):
        x = layers.Conv2D(  # (28, 28, 16), then (14, 14, 32)
            filters * 2 ** (block - 1),
            kernel_size,
            strides=2 if pooling == "stride" else 1,
            padding="same",  # the picture keeps its size; its rim is filled up with zeros
            use_bias=not batch_norm,  # batch norm has a shift of its own
            name=f"conv{block}",
        )(x)
        if batch_norm:
            # statistics of the last dozens of batches, not hundreds: runs here are short
            x = layers.BatchNormalization(momentum=0.9, name=f"norm{block}")(x)
        x = layers.Activation(activation, name=f"act{block}")(x)
        if pooling == "max" and min(x.shape[1:3]) >= 2:
            x = layers.MaxPooling2D(2, name=f"pool{block}")(x)  # (14, 14, 16), then (7, 7, 32)
        elif pooling == "average" and min(x.shape[1:3]) >= 2:
            x = layers.AveragePooling2D(2, name=f"pool{block}")(x)  # the same shapes
        if dropout > 0:
            x = layers.Dropout(dropout, name=f"drop{block}")(x)

    if head == "flatten":
        x = layers.Flatten(name="flatten")(x)  # (7 * 7 * 32,) = (1568,)
        x = layers.Dense(dense_units, name="dense")(x)  # (64,)
        x = layers.Activation(activation, name="act_dense")(x)  # (64,)
        if dropout > 0:
            x = layers.Dropout(dropout, name="drop_dense")(x)
    else:
        x = layers.GlobalAveragePooling2D(name="average")(x)  # (32,)
    logits = layers.Dense(n_classes, name="logits")(x)  # (10,), any real numbers
    probabilities = layers.Activation("softmax", name="probabilities")(logits)  # (10,), sum 1
    return keras.Model(pixels, probabilities, name="cnn")


def _check(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ConfigError(f"no such {name}: {value!r}; {did_you_mean(value, known)}", field=name)
