"""What is written down while a network trains, cheaply enough to be done for every trial.

Losses cost nothing, the training loop returns them anyway. At no more than ten epochs one
compiled function looks at the network on a fixed batch: what its units say, how large gradients
are in relation to weights.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from hpolab.health.recorded import Probe, Recorded
from hpolab.health.signs import vital_signs
from hpolab.training.graph import hidden_outputs, weight_matrices
from hpolab.training.loop import Evaluation, Steps, cross_entropy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.health.report import VitalSigns
    from hpolab.training.precision import LossScale

__all__ = ["Observer", "Telemetry", "stratified_folds", "stratified_sample"]

MAX_PROBES = 10
PROBE_EXAMPLES = 256
BLOCKS_PER_EPOCH = 10
N_FOLDS = 5
MIN_FOLD_EXAMPLES = 10


class Observer:
    """Looks at a network on a fixed probe batch, with one compiled function."""

    def __init__(
        self,
        model: keras.Model,
        x: NDArray[Any],
        y: NDArray[Any],
        *,
        loss_scale: LossScale | None = None,
    ):
        """Take the probe batch; nothing is compiled before the first look.

        Args:
            model: The network.
            x, y: Some training examples and their labels.
            loss_scale: What keeps its gradients from vanishing in float16.
        """
        self._loss_scale = loss_scale
        self._hidden = hidden_outputs(model)
        self._weights = weight_matrices(model)
        self._model = model
        if self._hidden:
            self._model = keras.Model(model.inputs[0], [*self._hidden.values(), model.outputs[0]])
        self._batch = tf.constant(x), tf.constant(y, tf.int32)
        self._look = tf.function(self._look_once, autograph=False)

    def look(self, epoch: int) -> Probe:
        """Units, gradients and weights as they are now."""
        loss, *columns = self._look(*self._batch)
        means, deviations, gradients, weights = (
            column.numpy().astype(np.float64) for column in columns
        )
        ends = np.cumsum([int(output.shape[-1]) for output in self._hidden.values()])[:-1]
        n = len(self._hidden)  # without hidden layers numpy still gives one part, of nothing
        means, deviations = (np.split(column, ends)[:n] for column in (means, deviations))
        return Probe(
            epoch=epoch,
            loss=float(loss),
            unit_mean=dict(zip(self._hidden, means, strict=True)),
            unit_std=dict(zip(self._hidden, deviations, strict=True)),
            gradient_norms=dict(zip(self._weights, map(float, gradients), strict=True)),
            weight_norms=dict(zip(self._weights, map(float, weights), strict=True)),
        )

    def _look_once(self, x: Any, y: Any) -> tuple[Any, ...]:
        matrices = [_first_copy(weight.value) for weight in self._weights.values()]
        factor = 1.0 if self._loss_scale is None else _first_copy(self._loss_scale.factor)
        with tf.GradientTape() as tape:
            *hidden, probabilities = keras.tree.flatten(self._model(x, training=False))
            loss = tf.reduce_mean(cross_entropy(y, probabilities))
            scaled = loss if self._loss_scale is None else loss * factor
        norms = _norms([*map(_whole, tape.gradient(scaled, matrices))])
        if self._loss_scale is not None:
            norms /= factor
        means, deviations = _moments(hidden)
        return loss, means, deviations, norms, _norms(matrices)


class Telemetry:
    """Gathers the numbers of one run and gives them as the record that health is computed from."""

    def __init__(
        self,
        observer: Observer,
        *,
        train_y: NDArray[Any],
        validation_y: NDArray[Any],
        n_classes: int,
        n_parameters: int,
        epochs: int,
        seed: int,
    ):
        """Fix the epochs to look at, the folds, and what a network without skill would reach.

        Args:
            observer: Looks at the network.
            train_y, validation_y: Labels, shape (n,).
            n_classes: How many classes.
            n_parameters: Trainable parameters.
            epochs: How many epochs the run is meant to have.
            seed: Of the folds.
        """
        self._observer = observer
        shares = np.bincount(train_y, minlength=n_classes) / len(train_y)
        seen = shares[shares > 0]
        self._start = Recorded(
            baseline_loss=float(-(seen * np.log(seen)).sum()),  # entropy of the labels
            chance=float(shares.max()),
            n_train=len(train_y),
            n_classes=n_classes,
            n_parameters=n_parameters,
        )
        spaced = np.linspace(epochs, 1, min(MAX_PROBES, epochs))
        self._probed = frozenset(np.rint(spaced).astype(int).tolist())
        self._folds = stratified_folds(validation_y, seed=seed)
        self._blocks: list[float] = []
        self._epochs: list[tuple[float, ...]] = []
        self._fold_accuracies = np.zeros(0)
        self.probes: list[Probe] = []

    def is_probed(self, epoch: int) -> bool:
        """Whether this epoch, counted from 1, ends with a look at the network."""
        return epoch in self._probed

    def add_epoch(self, epoch: int, steps: Steps, validation: Evaluation) -> None:
        """Write down what an epoch gave, with a look at the network where one is due."""
        blocks = np.array_split(steps.loss, min(BLOCKS_PER_EPOCH, len(steps.loss)))
        self._blocks += [float(block.mean()) for block in blocks]
        measured = steps.loss, validation.loss, steps.accuracy, validation.right
        self._epochs.append(tuple(float(values.mean()) for values in measured))
        if self._folds is not None:
            right = np.bincount(self._folds, weights=validation.right, minlength=N_FOLDS)
            self._fold_accuracies = right / np.bincount(self._folds, minlength=N_FOLDS)
        if self.is_probed(epoch):
            self.probes.append(self._observer.look(epoch))

    def signs(self, epoch: int) -> VitalSigns | None:
        """The worst that was seen after this epoch; None when it ended without a look."""
        if not self.probes or self.probes[-1].epoch != epoch:
            return None
        return vital_signs(self.probes[-1], baseline_loss=self._start.baseline_loss)

    def recorded(self) -> Recorded:
        """Everything written down so far."""
        losses, val_losses, accuracies, val_accuracies = np.array(self._epochs).reshape(-1, 4).T
        return replace(
            self._start,
            block_losses=np.array(self._blocks),
            train_losses=losses,
            val_losses=val_losses,
            train_accuracies=accuracies,
            val_accuracies=val_accuracies,
            fold_accuracies=self._fold_accuracies,
            probes=tuple(self.probes),
        )


def stratified_sample(y: NDArray[Any], n: int, *, seed: int) -> NDArray[np.int64]:
    """Indices of at most ``n`` examples with the class shares of ``y``, sorted.

    The first ``n`` of the examples dealt out class by class in proportion: each class's shuffled
    examples are spread evenly over [0, 1), and the ``n`` smallest positions are taken.
    """
    position = _spread(y, seed=seed)
    return np.sort(np.argsort(position, kind="stable")[:n])


def stratified_folds(y: NDArray[Any], *, seed: int) -> NDArray[np.int64] | None:
    """The fold 0..4 of every example, classes shared out evenly; None when there are too few."""
    if len(y) < N_FOLDS * MIN_FOLD_EXAMPLES:
        return None
    # dealt out like cards, class after class, so that sizes differ by one at most
    order = np.lexsort((np.random.default_rng(seed).random(len(y)), y))
    folds = np.empty(len(y), np.int64)
    folds[order] = np.arange(len(y)) % N_FOLDS
    return folds


def _spread(y: NDArray[Any], *, seed: int) -> NDArray[np.float64]:
    """For every example a position in [0, 1) that its class fills evenly, in a shuffled order."""
    shuffled = np.random.default_rng(seed).permutation(len(y))
    by_class = shuffled[np.argsort(y[shuffled], kind="stable")]
    _, counts = np.unique(y, return_counts=True)
    position = np.empty(len(y))
    position[by_class] = np.concatenate([(np.arange(c) + 0.5) / c for c in counts])
    return position


def _first_copy(variable: Any) -> Any:
    """A variable; the first device's where each device has a copy."""
    is_copied = isinstance(variable, tf.distribute.DistributedValues)
    return variable.values[0] if is_copied else variable


def _whole(gradient: Any) -> Any:
    """A gradient as one tensor; rows of an embedding that occur several times are added up."""
    if gradient is None:
        return tf.constant(0.0)
    if isinstance(gradient, tf.IndexedSlices):
        rows, where = tf.unique(gradient.indices)
        return tf.math.unsorted_segment_sum(gradient.values, where, tf.size(rows))
    return gradient


def _moments(outputs: list[Any]) -> tuple[Any, Any]:
    """Mean and standard deviation of every layer's units, all layers in a row.

    Three operations a layer: each has to be traced. A unit is judged over all its positions.
    """
    if not outputs:
        return tf.zeros(0), tf.zeros(0)
    means, variances = [], []
    for output in (tf.cast(each, tf.float32) for each in outputs):
        axes = tf.constant([*range(len(output.shape) - 1)])  # batch and positions
        mean = tf.raw_ops.Mean(input=output, axis=axes)
        squares = tf.raw_ops.SquaredDifference(x=output, y=mean)
        means.append(mean)
        variances.append(tf.raw_ops.Mean(input=squares, axis=axes))
    return tf.concat(means, 0), tf.sqrt(tf.concat(variances, 0))


def _norms(tensors: list[Any]) -> Any:
    """Euclidean norm of each, shape (len(tensors),), in few operations: each has to be traced."""
    if not tensors:
        return tf.zeros(0)
    return tf.sqrt(2 * tf.stack([tf.nn.l2_loss(tensor) for tensor in tensors]))
