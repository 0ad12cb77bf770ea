"""The numbers that an examination looks at: plain arrays, recorded cheaply during training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Probe", "Recorded", "are_finite"]

Array = NDArray[np.float64]


def _none() -> Array:
    return np.zeros(0)


def are_finite(*values: float | Array) -> bool:
    """Whether every number, in every array, is neither NaN nor infinite."""
    return all(bool(np.isfinite(value).all()) for value in values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One look at the network on the fixed probe batch (256 stratified training examples).

    Attributes:
        epoch: Epochs trained so far, counted from 1.
        loss: Mean cross-entropy on the probe, in nats.
        unit_mean: Per hidden layer with units, in order from input to output: mean of each unit's
            post-activation output over the probe (and over positions), shape (units,).
        unit_std: The same layers: standard deviation of each unit's output, shape (units,).
        gradient_norms: Per weight matrix or kernel, named "layer/weight": Euclidean norm of the
            loss gradient.
        weight_norms: The same weights: Euclidean norm of the weights.
    """

    epoch: int
    loss: float
    unit_mean: Mapping[str, Array]
    unit_std: Mapping[str, Array]
    gradient_norms: Mapping[str, float]
    weight_norms: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Everything that health is computed from. Losses are mean cross-entropy in nats.

    Attributes:
        baseline_loss: L0, the loss of always answering the training set's class frequencies.
        chance: Share of the largest class of the training set, in (0, 1].
        n_train, n_classes: Size of the problem.
        n_parameters: Trainable parameters of the network.
        block_losses: Mean training loss in about ten blocks an epoch, in order, shape (blocks,).
        train_losses, val_losses: Mean loss of each finished epoch, shape (epochs,).
        train_accuracies, val_accuracies: Share of right answers, shape (epochs,).
        fold_accuracies: Accuracy after the last epoch on each of 5 stratified folds of the
            validation set, shape (5,); empty when there are too few examples.
        probes: At most ten looks at the network, in order of epoch.
    """

    baseline_loss: float
    chance: float
    n_train: int
    n_classes: int
    n_parameters: int
    block_losses: Array = field(default_factory=_none)
    train_losses: Array = field(default_factory=_none)
    val_losses: Array = field(default_factory=_none)
    train_accuracies: Array = field(default_factory=_none)
    val_accuracies: Array = field(default_factory=_none)
    fold_accuracies: Array = field(default_factory=_none)
    probes: tuple[Probe, ...] = ()
