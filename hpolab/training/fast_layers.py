"""Batch normalisation and dropout in fewer operations on a CPU, without changing the model.

Keras builds both from small operations, each of which is traced and goes through memory on its
own. As with LSTMs (see fast_lstm) a method of the layer object is exchanged, so the model stays
what it was and is saved as such.
"""

from __future__ import annotations

import math
from typing import Any

import keras
import tensorflow as tf

__all__ = ["accelerate_layers"]

_LEVELS = 2**16
_PHILOX = 1  # the random number generator (Salmon et al. 2011) that TensorFlow takes on CPUs


def accelerate_layers(model: keras.Model) -> list[str]:
    """Let batch normalisation and dropout run in few operations, where that is the same.

    On an accelerator nothing is changed: numbers are cheap there.

    Returns:
        The names of the layers that are run that way.
    """
    if tf.config.list_physical_devices("GPU"):
        return []
    changed = []
    for layer in model._flatten_layers(include_self=False):
        if _is_plain_norm(layer):
            layer.call = _FusedNorm(layer)
        elif _is_plain_dropout(layer):
            layer.call = _BitDropout(layer)
        else:
            continue
        changed.append(layer.name)
    return changed


class _FusedNorm:
    """Stands in for the ``call`` of a BatchNormalization over images: one operation."""

    def __init__(self, layer: keras.layers.BatchNormalization):
        self._layer = layer
        self._keras = layer.call

    def __call__(self, inputs: Any, training: bool = False, mask: Any = None) -> Any:
        layer = self._layer
        if mask is not None or len(inputs.shape) != 4:
            return self._keras(inputs, training=training, mask=mask)
        is_training = bool(training and layer.trainable)
        mean, variance = layer.moving_mean.value, layer.moving_variance.value
        normed = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=layer.gamma.value,
            offset=layer.beta.value,
            mean=tf.zeros(0) if is_training else mean,
            variance=tf.zeros(0) if is_training else variance,
            epsilon=layer.epsilon,
            is_training=is_training,
        )
        if is_training:
            n = tf.cast(tf.reduce_prod(tf.shape(inputs)[:-1]), tf.float32)
            biased = normed.batch_variance * (tf.maximum(n - 1, 1) / n)  # as Keras has it
            share = 1 - layer.momentum
            mean.assign_sub((mean - normed.batch_mean) * share)
            variance.assign_sub((variance - biased) * share)
        return normed.y


class _BitDropout:
    """Stands in for the ``call`` of a Dropout: 16 random bits a value instead of 32.

    The rate is met to 1/131,072, and what is kept is scaled by the rate that was met.
    """

    def __init__(self, layer: keras.layers.Dropout):
        self._layer = layer
        self._keras = layer.call
        self._dropped = round(layer.rate * _LEVELS)

    def __call__(self, inputs: Any, training: bool = False) -> Any:
        if not training or not self._dropped:
            return inputs
        if not inputs.shape.is_fully_defined():
            return self._keras(inputs, training=training)
        n = math.prod(inputs.shape)
        state = self._layer.seed_generator.state.value  # (seed, draws so far), int64
        drawn = state.assign_add([0, 1])
        words = tf.raw_ops.StatelessRandomUniformFullIntV2(
            shape=tf.constant([-(-n // 4)]),
            key=tf.bitcast(tf.slice(drawn, [0], [1]), tf.uint64),
            counter=tf.bitcast(drawn * [0, 1], tf.uint64),  # the lower half counts within a draw
            alg=tf.constant(_PHILOX),
            dtype=tf.uint64,
        )
        bits = tf.reshape(tf.bitcast(words, tf.uint16), (-1,))
        if n % 4:
            bits = bits[:n]
        is_kept = tf.reshape(bits, inputs.shape) >= tf.constant(self._dropped, tf.uint16)
        scale = _LEVELS / (_LEVELS - self._dropped)
        return inputs * tf.where(is_kept, tf.constant(scale), tf.constant(0.0))


def _is_plain_norm(layer: Any) -> bool:
    """Whether the layer computes what the operation computes."""
    return (
        type(layer) is keras.layers.BatchNormalization
        and layer.axis in (-1, 3)
        and layer.scale
        and layer.center
        and not layer.renorm
        and not layer.synchronized
        and layer.compute_dtype == layer.variable_dtype == "float32"
    )


def _is_plain_dropout(layer: Any) -> bool:
    """Whether it silences single values, and not all of them."""
    return (
        type(layer) is keras.layers.Dropout
        and layer.noise_shape is None
        and 0 < layer.rate < 1 - 1 / _LEVELS
        and layer.compute_dtype == "float32"
    )
