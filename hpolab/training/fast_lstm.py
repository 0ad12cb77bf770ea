"""LSTMs at twice the speed on a CPU, without changing the model.

Keras runs an LSTM on a CPU as a loop of a dozen small operations a time step. TensorFlow has one
operation for the whole sequence; it computes the same numbers. What is exchanged is a method of
the layer object, so the model stays what it was and is saved as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["accelerate"]


def accelerate(model: keras.Model) -> list[str]:
    """Let the model's LSTM layers run as one operation, where that computes the same.

    On an accelerator nothing is changed: Keras has a faster way there.

    Returns:
        The names of the layers that are run that way.
    """
    if tf.config.list_physical_devices("GPU"):
        return []
    layers = [layer for layer in _lstm_layers(model) if _is_plain(layer)]
    for layer in layers:
        layer.inner_loop = _OneOperation(layer)
    return [layer.name for layer in layers]


class _OneOperation:
    """Stands in for ``layer.inner_loop``: the same arguments, the same answer."""

    def __init__(self, layer: keras.layers.LSTM):
        self._layer = layer
        self._stepwise = layer.inner_loop

    def __call__(
        self, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> tuple[Any, Any, list[Any]]:
        """(last output, outputs (batch, time, units), states) as Keras' own loop gives them."""
        layer = self._layer
        if mask is not None or (training and layer.dropout):
            answer: tuple[Any, Any, list[Any]] = self._stepwise(
                sequences, initial_state, mask=mask, training=training
            )
            return answer
        x = tf.transpose(sequences, (1, 0, 2))  # (time, batch, features)
        if layer.go_backwards:
            x = tf.reverse(x, (0,))
        cell = layer.cell
        weights = tf.concat((cell.kernel.value, cell.recurrent_kernel.value), axis=0)
        no_peepholes = tf.zeros((layer.units,), x.dtype)
        run = tf.raw_ops.BlockLSTM(
            seq_len_max=tf.cast(tf.shape(x)[0], tf.int64),
            x=x,
            h_prev=initial_state[0],
            cs_prev=initial_state[1],
            w=_reordered(weights),
            b=_reordered(cell.bias.value),
            wci=no_peepholes,
            wcf=no_peepholes,
            wco=no_peepholes,
            forget_bias=0.0,  # Keras keeps it in the bias
            cell_clip=-1.0,  # no clipping
        )
        last = run.h[-1]
        return last, tf.transpose(run.h, (1, 0, 2)), [last, run.cs[-1]]


def _reordered(weights: Any) -> Any:
    """Gates from Keras' order (input, forget, cell, output) to the operation's (i, c, f, o).

    BlockLSTMV2 has Keras' order, but TensorFlow 2.21 gives it the gradient of the other one.
    """
    i, f, c, o = tf.split(weights, 4, axis=-1)
    return tf.concat((i, c, f, o), axis=-1)


def _lstm_layers(model: keras.Model) -> Iterator[keras.layers.LSTM]:
    for layer in model._flatten_layers(include_self=False):
        if type(layer) is keras.layers.LSTM:
            yield layer


def _is_plain(layer: keras.layers.LSTM) -> bool:
    """Whether the layer computes what the operation computes."""
    return (
        layer.activation is keras.activations.tanh
        and layer.recurrent_activation is keras.activations.sigmoid
        and layer.use_bias
        and not layer.recurrent_dropout
        and not layer.stateful
        and layer.compute_dtype == "float32"
    )
