"""Diagnostics of what happens inside: what units say, what an LSTM keeps and how far it looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from hpolab.network.walk import nodes
from hpolab.training.graph import hidden_outputs
from hpolab.training.loop import cross_entropy
from hpolab.training.recording import input_axes
from hpolab.training.recurrence import lstms, read
from hpolab.training.weights import record_histogram

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.network.walk import Node
    from hpolab.training.recording import Recording

__all__ = ["GATE_EXAMPLES", "record_activations", "record_recurrence"]

MAX_LAYERS = 16
MAX_VALUES = 50_000
MAP_EXAMPLES = 4
MAP_CHANNELS = 16
MAP_SIDE = 32
GATE_EXAMPLES = 3
GATE_UNITS = 16
MAX_RECURRENT = 4


def record_activations(
    recording: Recording, model: keras.Model, x: NDArray[Any], y: NDArray[Any]
) -> None:
    """Add the distribution of every hidden layer's outputs, and maps of what convolutions see.

    Args:
        recording: Where to add.
        model: The network.
        x, y: A few dozen validation examples and their labels.
    """
    hidden = dict(list(hidden_outputs(model).items())[:MAX_LAYERS])
    if not hidden:
        return
    watcher = keras.Model(model.inputs[0], [*hidden.values(), model.outputs[0]])
    watched = keras.tree.flatten(watcher(tf.constant(x), training=False))
    *outputs, probabilities = map(_exact, watched)
    for name, output in zip(hidden, outputs, strict=True):
        values = output.numpy().ravel()
        record_histogram(
            recording,
            f"activation_histogram/{name}",
            {"outputs": values[:: -(-len(values) // MAX_VALUES)]},
            "outputs of the layer's units behind the activation, over validation examples",
        )
        if len(output.shape) == 4:
            _record_map(recording, name, output[:MAP_EXAMPLES].numpy())
    if any(len(output.shape) == 4 for output in outputs):
        shown = slice(0, MAP_EXAMPLES)
        predicted = probabilities.numpy().argmax(axis=1)
        axes = input_axes(x, "example")
        recording.add("map_input", x[shown], "the examples of the maps", axes=axes)
        recording.add("map_true", y[shown], "their true classes", axes=("example",))
        recording.add("map_predicted", predicted[shown], "the answers", axes=("example",))


def _record_map(recording: Recording, layer: str, maps: NDArray[Any]) -> None:
    """One layer's maps as bytes over its own range; large ones keep every n-th pixel."""
    stride = -(-max(maps.shape[1:3]) // MAP_SIDE)
    maps = np.nan_to_num(maps[:, ::stride, ::stride, :MAP_CHANNELS].astype(np.float64))
    low, high = float(maps.min()), float(maps.max())
    scaled = np.rint(255 * (maps - low) / ((high - low) or 1.0)).astype(np.uint8)
    recording.add(
        f"activation_map/{layer}",
        scaled,
        f"outputs of at most {MAP_CHANNELS} channels, 0..255 between the ends of the range",
        axes=("example", "row", "column", "channel"),
    )
    key = f"activation_map/{layer}/range"
    recording.add(key, [low, high], "outputs that 0 and 255 stand for", axes=("end",))


def record_recurrence(
    recording: Recording, model: keras.Model, x: NDArray[Any], y: NDArray[Any]
) -> None:
    """Add the gates of every LSTM while it reads, and how far back its gradient reaches.

    Args:
        recording: Where to add.
        model: The network.
        x, y: A few dozen validation texts, shape (n, length), and their labels.
    """
    readers = [node for node in nodes(model) if lstms(node.layer)][:MAX_RECURRENT]
    for node in readers:
        symbolic = node.sources[0].tensor
        split = keras.Model(model.inputs[0], [symbolic, model.outputs[0]])
        with tf.GradientTape() as tape:
            steps, probabilities = split(tf.constant(x), training=False)
            loss = tf.reduce_mean(cross_entropy(tf.constant(y), probabilities))
        gradient = tape.gradient(loss, steps)
        if gradient is not None:
            recording.add(
                f"gradient_through_time/{node.layer.name}",
                np.linalg.norm(_exact(gradient).numpy(), axis=2).mean(axis=0),
                "norm of the loss gradient with respect to what is read at each step, mean over "
                "examples",
                axes=("time",),
            )
        _record_gates(recording, node, _exact(steps[:GATE_EXAMPLES]).numpy())
    if readers:
        axes = input_axes(x, "example")
        recording.add("gate_input", x[:GATE_EXAMPLES], "the examples of the gates", axes=axes)


def _exact(tensor: Any) -> Any:
    """As float32 what was computed in 16 bits."""
    return tf.cast(tensor, tf.float32)


def _record_gates(recording: Recording, node: Node, x: NDArray[Any]) -> None:
    for layer in lstms(node.layer):
        gates, cells, _ = read(layer, x)
        key = node.layer.name if layer is node.layer else f"{node.layer.name}/{layer.name}"
        order = "in the order in which they are read" + (" (backwards)" * layer.go_backwards)
        recording.add(
            f"gates/{key}",
            np.rint(255 * gates[..., :GATE_UNITS]).astype(np.uint8),
            f"input, forget and output gate, 0..255 for closed..open, {order}; at most "
            f"{GATE_UNITS} units",
            axes=("example", "time", "gate", "unit"),
        )
        recording.add(
            f"cell_state/{key}",
            cells[..., :GATE_UNITS].astype(np.float16),
            f"memory of the cells, {order}; at most {GATE_UNITS} units",
            axes=("example", "time", "unit"),
        )
