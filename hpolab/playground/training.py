"""Training step by step, under a plan that may change between any two steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hpolab.playground.examples import REACH
from hpolab.playground.look import look
from hpolab.playground.network import backward, forward, fresh, grown, softmax
from hpolab.playground.optimizers import Optimizer
from hpolab.playground.plan import Plan

if TYPE_CHECKING:
    from hpolab.health.recorded import Array
    from hpolab.playground.examples import Examples
    from hpolab.playground.look import Look
    from hpolab.playground.network import Layers

__all__ = ["Training"]


class Training:
    """A network, what it learns from, and how.

    The same seed, plan and examples give the same numbers at every step.

    Attributes:
        layers: The network: hidden layers, then the output.
        examples: What it learns from.
        plan: What counts from the next step on.
        n_steps: Steps so far.
        epoch: How often every example was learnt from, on average.
    """

    def __init__(self, examples: Examples, plan: Plan | None = None, *, seed: int = 0) -> None:
        """A network that has learnt nothing yet.

        Args:
            examples: What it shall learn from.
            plan: How; None for the defaults.
            seed: Of first weights, dropout and the order of the examples.
        """
        self.examples = examples
        self.plan = plan or Plan()
        self.n_steps = 0
        self.epoch = 0.0
        self._rng = np.random.default_rng(seed)
        self._order = np.arange(0)
        self.layers: Layers = fresh(self._sizes(), self._rng)
        self._optimizer = Optimizer(self.plan.optimizer, self.layers)

    def change(self, plan: Plan) -> None:
        """Go on under another plan, and keep what can be kept.

        Another learning rate, dropout, batch size or activation leaves all weights as they are.
        Another width keeps the units that stay; another depth keeps the hidden layers that stay,
        while the output layer, which then listens to others, begins anew: see ``network.grown``.
        The optimizer's memory goes the same way; another optimizer begins without any.
        """
        before, self.plan = self.plan, plan
        if (plan.depth, plan.width) != (before.depth, before.width):
            self.layers = grown(self.layers, fresh(self._sizes(), self._rng))
            self._optimizer.regrow(self.layers)
        if plan.optimizer != before.optimizer:
            self._optimizer = Optimizer(plan.optimizer, self.layers)

    def step(self) -> None:
        """Learn from one batch. Numbers that grow beyond all bounds are left to ``look``."""
        batch = self._next_batch()
        x, y = self.examples.x[batch], self.examples.y[batch]
        plan = self.plan
        with np.errstate(over="ignore", invalid="ignore"):
            seen = forward(self.layers, x, plan.activation, dropout=plan.dropout, rng=self._rng)
            gradients = backward(self.layers, seen, y, plan.activation)
            self._optimizer.apply(self.layers, gradients, plan.learning_rate)
        self.n_steps += 1
        self.epoch += len(batch) / len(self.examples.y)

    def look(self) -> Look:
        """How the network is doing."""
        with np.errstate(over="ignore", invalid="ignore"):
            return look(self.layers, self.plan.activation, self.examples, epoch=self.epoch)

    def surface(self, side: int) -> Array:
        """The probability of class 1 all over the plane; for points only.

        Args:
            side: How many places along each axis, from -REACH to REACH.

        Returns:
            Shape (side, side): rows from top to bottom, columns from left to right.
        """
        axis = REACH * (2 * (np.arange(side) + 0.5) / side - 1)  # middles of the cells
        plane = np.stack(np.meshgrid(axis, -axis), axis=-1).reshape(-1, 2)
        with np.errstate(over="ignore", invalid="ignore"):
            said = softmax(forward(self.layers, plane, self.plan.activation).logits)
        return np.asarray(said[:, 1].reshape(side, side))

    def _sizes(self) -> list[int]:
        hidden = [self.plan.width] * self.plan.depth
        return [self.examples.x.shape[1], *hidden, self.examples.n_classes]

    def _next_batch(self) -> np.ndarray:
        """Places of the next examples; all had their turn before one comes again."""
        if not len(self._order):
            self._order = self._rng.permutation(len(self.examples.y))
        batch, self._order = np.split(self._order, [self.plan.batch_size])
        return batch
