"""The network itself: the way forward, the loss, the way back. Shapes are in the comments.

Weights, their gradients and an optimizer's running means all look the same: a list of ``Dense``,
the hidden layers from the input on, and last the output layer.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.playground.activations import ACTIVATION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.health.recorded import Array

__all__ = [
    "Dense",
    "Layers",
    "Pass",
    "backward",
    "cross_entropy",
    "forward",
    "fresh",
    "grown",
    "names",
    "softmax",
]


class Dense(NamedTuple):
    """A layer in which every unit sees every input.

    Attributes:
        kernel: Shape (inputs, units).
        bias: Shape (units,).
    """

    kernel: Array
    bias: Array


Layers = list[Dense]


class Pass(NamedTuple):
    """What a batch left behind on its way forward; the way back needs all of it.

    Attributes:
        inputs: What came into each layer, hidden ones and the output: (batch, inputs) each.
        sums: What each hidden layer bent, (batch, units) each.
        outputs: What it made of that, before dropout, the same shapes.
        masks: What dropout multiplied the outputs by, the same shapes; None without dropout.
        logits: What the output layer says, (batch, classes).
    """

    inputs: list[Array]
    sums: list[Array]
    outputs: list[Array]
    masks: list[Array | None]
    logits: Array


def names(layers: Layers) -> list[str]:
    """What each layer is called: "layer 1", "layer 2", ..., "output"."""
    return [*(f"layer {number}" for number in range(1, len(layers))), "output"]


def fresh(sizes: list[int], rng: np.random.Generator) -> Layers:
    """Layers before any training.

    Kernels are drawn evenly from -a to a, ``a = sqrt(6 / (inputs + units))``, biases are zero:
    Keras' default (Glorot and Bengio 2010, "Understanding the difficulty of training deep
    feedforward neural networks", section 4.2.1).

    Args:
        sizes: Inputs, units of each hidden layer, classes.
        rng: Where the numbers come from.
    """
    layers = []
    for n_in, n_out in pairwise(sizes):
        a = np.sqrt(6 / (n_in + n_out))
        layers.append(Dense(rng.uniform(-a, a, (n_in, n_out)), np.zeros(n_out)))
    return layers


def forward(
    layers: Layers,
    x: Array,
    activation: str,
    *,
    dropout: float = 0.0,
    rng: np.random.Generator | None = None,
) -> Pass:
    """The way from a batch to what the network says about it.

    Args:
        layers: The network.
        x: The batch, (batch, inputs).
        activation: Of the hidden layers.
        dropout: Share of each hidden layer's outputs that is set to zero; the others are made
            larger by as much, so that nothing has to be made smaller when dropout is off
            ("inverted" dropout: Srivastava et al. 2014, "Dropout", section 10).
        rng: Chooses them; not needed without dropout.
    """
    bend = ACTIVATION[activation]
    inputs, sums, outputs, masks = [x], [], [], []
    for kernel, bias in layers[:-1]:
        sums.append(inputs[-1] @ kernel + bias)  # (batch, inputs) @ (inputs, units) + (units,)
        outputs.append(bend.value(sums[-1]))  # (batch, units)
        mask = None
        if dropout and rng is not None:
            mask = (rng.random(outputs[-1].shape) >= dropout) / (1 - dropout)
        masks.append(mask)
        inputs.append(outputs[-1] if mask is None else outputs[-1] * mask)
    logits = inputs[-1] @ layers[-1].kernel + layers[-1].bias  # (batch, classes)
    return Pass(inputs, sums, outputs, masks, logits)


def softmax(logits: Array) -> Array:
    """Probabilities, (batch, classes); the largest logit of a row is taken off first."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def cross_entropy(logits: Array, y: NDArray[np.int32]) -> float:
    """Mean of minus the log-probability of the right class, in nats.

    Args:
        logits: (batch, classes).
        y: The right class of each, (batch,).
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    right = shifted[np.arange(len(y)), y]  # (batch,)
    return float((np.log(np.exp(shifted).sum(axis=1)) - right).mean())


def backward(layers: Layers, seen: Pass, y: NDArray[np.int32], activation: str) -> Layers:
    """The gradient of the mean cross-entropy with respect to every weight.

    Args:
        layers: The network.
        seen: What ``forward`` gave for the batch.
        y: The right class of each example, (batch,).
        activation: As in ``forward``.
    """
    bend = ACTIVATION[activation]
    # softmax and cross-entropy together have a simple derivative: said minus true
    delta = softmax(seen.logits)  # (batch, classes)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    gradients: Layers = []
    for at in reversed(range(len(layers))):
        # (inputs, batch) @ (batch, units) and (units,)
        gradients.append(Dense(seen.inputs[at].T @ delta, delta.sum(axis=0)))
        if at == 0:
            break
        delta = delta @ layers[at].kernel.T  # (batch, units) @ (units, inputs)
        mask = seen.masks[at - 1]
        if mask is not None:
            delta *= mask
        delta *= bend.slope(seen.sums[at - 1], seen.outputs[at - 1])
    return gradients[::-1]


def grown(old: Layers, new: Layers) -> Layers:
    """The new layers, with the old numbers wherever old and new units are the same.

    Units are told by their place: unit 3 of layer 2 stays unit 3 of layer 2. So a wider layer
    keeps its units and gets further ones, and a narrower one loses its last. The output layer is
    kept while the layer that it listens to is: behind another one its weights mean nothing.

    Args:
        old: The layers as they are.
        new: Layers of the wanted sizes; they are changed.
    """
    pairs = list(zip(old[:-1], new[:-1], strict=False))
    if len(old) == len(new):
        pairs.append((old[-1], new[-1]))
    for before, after in pairs:
        rows = min(len(before.kernel), len(after.kernel))
        units = min(len(before.bias), len(after.bias))
        after.kernel[:rows, :units] = before.kernel[:rows, :units]
        after.bias[:units] = before.bias[:units]
    return new
