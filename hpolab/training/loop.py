"""The training loop: one compiled function runs a whole epoch.

Keras' own ``fit`` returns to Python after every batch; on networks as small as ours that costs
more than the arithmetic. Here the data lie in memory as tensors, Python hands over the order of
the examples and the learning rate of every step, and gets the loss of every step back. What a
step does is what ``fit`` does, except that an incomplete last batch is left out (each epoch's
order is a new one, so it is a different handful of examples every time).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from hpolab.errors import ConfigError
from hpolab.training.fast_layers import accelerate_layers
from hpolab.training.fast_lstm import accelerate
from hpolab.training.optimizers import Optimizer, TrainingPlan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.training.precision import LossScale

__all__ = ["Evaluation", "Examples", "Steps", "Trainer"]

EVALUATION_BATCH = 512


class Examples(NamedTuple):
    """Examples that lie in memory as tensors.

    Attributes:
        x: uint8 (n, height, width, channels) or int32 (n, length).
        y: int32 (n,).
    """

    x: Any
    y: Any

    @classmethod
    def of(cls, x: NDArray[Any], y: NDArray[Any]) -> Examples:
        """Copy arrays into tensors."""
        return cls(tf.constant(x), tf.constant(y, tf.int32))

    @property
    def n(self) -> int:
        """How many there are."""
        return int(self.y.shape[0])


class Steps(NamedTuple):
    """What a stretch of training gave, one number a step, shape (steps,).

    Attributes:
        loss: Mean cross-entropy of the step's batch, in nats.
        accuracy: Share of right answers in it.
    """

    loss: NDArray[np.float64]
    accuracy: NDArray[np.float64]


class Evaluation(NamedTuple):
    """What a network answers, one row an example.

    Attributes:
        loss: Cross-entropy in nats, shape (n,).
        probabilities: Shape (n, n_classes).
        right: Whether the likeliest class is the true one; never where an answer is NaN.
    """

    loss: NDArray[np.float64]
    probabilities: NDArray[np.float32]
    right: NDArray[np.bool_]


class Trainer:
    """A network, its optimizer, and the compiled functions that train and examine it."""

    def __init__(
        self,
        model: keras.Model,
        train: Examples,
        plan: TrainingPlan,
        *,
        seed: int,
        loss_scale: LossScale | None = None,
    ):
        """Build the optimizer; nothing is compiled until it is called.

        Args:
            model: Uncompiled, gives class probabilities.
            train: The training examples.
            plan: How to train.
            seed: Of the order in which examples are seen.
            loss_scale: For a network that computes in float16.

        Raises:
            ConfigError: A batch is larger than the training set.
        """
        if plan.batch_size > train.n:
            raise ConfigError(
                f"`batch_size <= training examples` must hold, but got {plan.batch_size} > "
                f"{train.n}; choose a smaller batch or more data.",
                field="batch_size",
            )
        self.model = model
        accelerate(model)
        self._exchange_layers()
        self.loss_scale = loss_scale
        self.train = train
        self._batch_size = plan.batch_size
        self.steps_per_epoch = train.n // plan.batch_size
        self.optimizer = Optimizer(plan, model.trainable_variables)
        self._random = np.random.default_rng(seed)
        x, y = _any_number_of(train.x), _any_number_of(train.y)
        order = tf.TensorSpec((None, plan.batch_size), tf.int32)
        rates = tf.TensorSpec((None,), tf.float32)
        self._run = tf.function(self._run_steps, [x, y, order, rates], autograph=False)
        self._answer = tf.function(self._answer_batch, [x, y], autograph=False)

    def next_order(self) -> NDArray[np.int32]:
        """A fresh order of the training examples for one epoch, shape (steps, batch_size)."""
        shuffled = self._random.permutation(self.train.n)[
            : self.steps_per_epoch * self._batch_size
        ]
        return shuffled.astype(np.int32).reshape(self.steps_per_epoch, self._batch_size)

    def run(self, order: NDArray[np.int32], rates: NDArray[np.float32]) -> Steps:
        """Train one step for every row of ``order``.

        Args:
            order: Indices of the examples of each step, shape (steps, batch_size).
            rates: Learning rate of each step, shape (steps,).
        """
        loss, accuracy = self._run(
            self.train.x, self.train.y, tf.constant(order), tf.constant(rates)
        )
        return Steps(loss.numpy().astype(np.float64), accuracy.numpy().astype(np.float64))

    def evaluate(self, examples: Examples) -> Evaluation:
        """Answer every example, with dropout off."""
        parts = []
        for start in range(0, examples.n, EVALUATION_BATCH):
            stop = start + EVALUATION_BATCH
            parts.append(self._answer(examples.x[start:stop], examples.y[start:stop]))
        losses, probabilities = (
            np.concatenate([part[i].numpy() for part in parts]) for i in range(2)
        )
        finite = np.isfinite(probabilities).all(axis=1)
        right = finite & (probabilities.argmax(axis=1) == examples.y.numpy())
        return Evaluation(losses.astype(np.float64), probabilities, right)

    def _run_steps(self, x: Any, y: Any, order: Any, rates: Any) -> tuple[Any, Any]:
        """All the steps in one graph; the tensors are inputs, so that it can be used again."""
        n_steps = tf.shape(order)[0]

        def step(i: Any, losses: Any, accuracies: Any) -> tuple[Any, Any, Any]:
            rows = order[i]
            loss, accuracy = self._step(tf.gather(x, rows), tf.gather(y, rows), rates[i])
            return i + 1, losses.write(i, loss), accuracies.write(i, accuracy)

        recorded = tf.TensorArray(tf.float32, n_steps), tf.TensorArray(tf.float32, n_steps)
        _, losses, accuracies = tf.while_loop(
            lambda i, *_: i < n_steps, step, (0, *recorded), parallel_iterations=1
        )
        return losses.stack(), accuracies.stack()

    def _exchange_layers(self) -> None:
        accelerate_layers(self.model)

    def _step(self, x: Any, y: Any, rate: Any) -> tuple[Any, Any]:
        """Forward, backward, update. Gives the batch's cross-entropy and accuracy."""
        loss, accuracy, gradients = self._gradients(x, y)
        self._update(gradients, rate)
        return loss, accuracy

    def _gradients(self, x: Any, y: Any, *, share: float = 1.0) -> tuple[Any, Any, list[Any]]:
        """Cross-entropy and accuracy of some examples, and the gradient of their share of a loss.

        Args:
            x, y: The examples.
            share: Which part of a step's batch they are.
        """
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            probabilities = self.model(x, training=True)
            loss = tf.reduce_mean(cross_entropy(y, probabilities))
            # penalties of a user's layers are trained on, but are no part of what is recorded
            optimised = tf.add_n([loss, *self.model.losses])
            if share != 1:
                optimised = optimised * share
            if self.loss_scale is not None:
                optimised = optimised * self.loss_scale.factor
        right = tf.equal(tf.argmax(probabilities, axis=1, output_type=tf.int32), y)
        accuracy = tf.reduce_mean(tf.cast(right, tf.float32))
        return loss, accuracy, tape.gradient(optimised, variables)

    def _update(self, gradients: list[Any], rate: Any) -> None:
        if self.loss_scale is None:
            self.optimizer.apply(gradients, rate)
        else:
            self.loss_scale.apply(self.optimizer, gradients, rate)

    def _answer_batch(self, x: Any, y: Any) -> tuple[Any, Any]:
        probabilities = self.model(x, training=False)
        return cross_entropy(y, probabilities), probabilities


def _any_number_of(examples: Any) -> Any:
    """The signature of a function that takes any number of such examples."""
    return tf.TensorSpec((None, *examples.shape[1:]), examples.dtype)


def cross_entropy(y: Any, probabilities: Any) -> Any:
    """Cross-entropy of each example in nats, shape (batch,).

    Inside a graph Keras finds the logits that a softmax was given and computes from those, so a
    sure and wrong answer costs what it should instead of being clipped at 16 nats.
    """
    return keras.ops.sparse_categorical_crossentropy(y, probabilities)
