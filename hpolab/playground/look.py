"""One look at the network: how well it does, what its units say, how strong its gradients are.

Nothing is defined here a second time: a look fills in a ``Probe``, as the telemetry of every
trial does, and the formulas of ``hpolab.health`` judge it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hpolab.health.gradients import LEARNT, elasticity_score, log_elasticity
from hpolab.health.neurons import alive
from hpolab.health.recorded import Array, Probe, are_finite
from hpolab.health.signs import vital_signs
from hpolab.playground.network import backward, cross_entropy, forward, names, softmax

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from hpolab.health.report import VitalSigns
    from hpolab.playground.examples import Examples
    from hpolab.playground.network import Layers

__all__ = ["Look", "look"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen, without dropout. Losses are mean cross-entropy in nats.

    Attributes:
        epoch: How often every example was learnt from, on average.
        loss, accuracy: Of at most 256 examples that it learns from.
        validation_loss, validation_accuracy: Of all examples that it never learns from.
        probabilities: What it says about those, shape (n, classes).
        baseline_loss: Loss of whoever always answers the class frequencies.
        probe: Units and gradients; layers are "layer 1", ..., matrices "layer 1/kernel", ...,
            and last "output/kernel".
    """

    epoch: float
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    probabilities: Array
    baseline_loss: float
    probe: Probe

    @property
    def is_lost(self) -> bool:
        """Whether numbers have grown until they stopped being numbers."""
        norms = (*self.probe.gradient_norms.values(), *self.probe.weight_norms.values())
        return not are_finite(self.loss, self.validation_loss, np.array(norms))

    @property
    def is_learnt(self) -> bool:
        """Whether the loss is so small that gradients may vanish, as gradient health has it."""
        return self.loss < LEARNT * self.baseline_loss

    @property
    def alive(self) -> Mapping[str, NDArray[np.bool_]]:
        """By hidden layer: which of its units say something; see ``health.neurons.alive``."""
        probe = self.probe
        return {name: alive(probe.unit_mean[name], std) for name, std in probe.unit_std.items()}

    @property
    def signs(self) -> VitalSigns:
        """The worst layer and the weakest gradient, as the limits of sweeps see them."""
        return vital_signs(self.probe, baseline_loss=self.baseline_loss)

    @property
    def exponents(self) -> Mapping[str, float]:
        """By matrix: logarithm of its elasticity; see ``health.gradients.log_elasticity``."""
        norms, weights = self.probe.gradient_norms, self.probe.weight_norms
        loss = min(self.loss, self.baseline_loss)
        found = log_elasticity(np.array([*norms.values()]), np.array([*weights.values()]), loss)
        return dict(zip(norms, map(float, found), strict=True))

    @property
    def gradient_scores(self) -> Mapping[str, float]:
        """By matrix: 1 where its gradient is of a healthy size, 0 where it is far from that."""
        exponents = self.exponents
        scores = elasticity_score(np.array([*exponents.values()]))
        return dict(zip(exponents, map(float, scores), strict=True))


def look(layers: Layers, activation: str, examples: Examples, *, epoch: float) -> Look:
    """Look at the network.

    Args:
        layers: The network.
        activation: Of its hidden layers.
        examples: What it learns from.
        epoch: How often it has.
    """
    chosen = examples.probed()
    x, y = examples.x[chosen], examples.y[chosen]
    seen = forward(layers, x, activation)
    gradients = backward(layers, seen, y, activation)
    validation = forward(layers, examples.validation_x, activation).logits
    known = names(layers)
    loss = cross_entropy(seen.logits, y)
    return Look(
        epoch=epoch,
        loss=loss,
        accuracy=_accuracy(seen.logits, y),
        validation_loss=cross_entropy(validation, examples.validation_y),
        validation_accuracy=_accuracy(validation, examples.validation_y),
        probabilities=softmax(validation),
        baseline_loss=examples.baseline_loss,
        probe=Probe(
            epoch=int(epoch),
            loss=loss,
            # the output layer, which comes last, is not counted
            unit_mean={
                name: out.mean(axis=0) for name, out in zip(known, seen.outputs, strict=False)
            },
            unit_std={
                name: out.std(axis=0) for name, out in zip(known, seen.outputs, strict=False)
            },
            gradient_norms=_norms(known, gradients),
            weight_norms=_norms(known, layers),
        ),
    )


def _accuracy(logits: Array, y: NDArray[np.int32]) -> float:
    return float((logits.argmax(axis=1) == y).mean())


def _norms(known: list[str], layers: Layers) -> dict[str, float]:
    """The Euclidean norm of every kernel."""
    return {
        f"{name}/kernel": float(np.linalg.norm(layer.kernel))
        for name, layer in zip(known, layers, strict=True)
    }
