"""How a network is trained, as the hyperparameters say: optimizer, learning rates, batch size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import tensorflow as tf
from pydantic import Field

from hpolab.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    import keras
    from numpy.typing import NDArray

    from hpolab.space import Value

__all__ = ["Optimizer", "TrainingPlan", "dense", "learning_rates"]

FINAL_SHARE = 0.01
"""What is left of the learning rate at the end of the cosine and exponential schedules."""


class TrainingPlan(Frozen):
    """The hyperparameters of training, with what counts where a space leaves one out.

    Attributes:
        optimizer: The rule that turns a gradient into a step.
        learning_rate: Length of the first step.
        momentum: Share of the last step that sgd carries on.
        schedule: How the learning rate falls from the first step to the last: not at all, along
            half a cosine, or by the same factor each step; the last two end at 1 % of it.
        weight_decay: Share of each weight, times the learning rate, that is taken off at every
            step (decoupled: Loshchilov and Hutter 2019, so the loss stays pure cross-entropy).
            Biases and normalisation are left alone.
        batch_size: Examples per step.
    """

    optimizer: Literal["adam", "sgd", "rmsprop"] = "adam"
    learning_rate: float = Field(default=1e-3, gt=0)
    momentum: float = Field(default=0.9, ge=0, lt=1)
    schedule: Literal["constant", "cosine", "exponential"] = "constant"
    weight_decay: float = Field(default=0.0, ge=0)
    batch_size: int = Field(default=32, ge=1)

    @classmethod
    def of(cls, params: Mapping[str, Value]) -> TrainingPlan:
        """The plan among a trial's hyperparameters.

        Raises:
            ConfigError: A value breaks its rule; names the hyperparameter.
        """
        return cls.parse({name: params[name] for name in cls.model_fields if name in params})


class Optimizer:
    """Adam, SGD or RMSprop as Keras defines them, each update a single operation.

    Keras builds an update from about ten small operations; for small networks they cost more
    than the gradient. TensorFlow has them fused, with the same formulas (a test compares).
    Everything that may differ between trials of one network is a variable or an input.
    """

    def __init__(self, plan: TrainingPlan, variables: list[keras.Variable]):
        """Make the slots: running means of gradients for every trainable variable."""
        self._plan = plan
        self._variables = variables
        n_slots = 1 if plan.optimizer == "sgd" else 2
        self._slots = [[_zeros(variable) for _ in range(n_slots)] for variable in variables]
        self._steps = tf.Variable(0.0, trainable=False)

    def apply(self, gradients: list[Any], rate: Any) -> None:
        """Take one step.

        Args:
            gradients: One for each variable, in order; None leaves a variable as it is.
            rate: The learning rate, a scalar tensor.
        """
        settings = self._settings()
        decay = rate * self._plan.weight_decay
        for variable, slots, gradient in zip(self._variables, self._slots, gradients, strict=True):
            if gradient is None:
                continue
            weights = variable.value
            if self._plan.weight_decay and len(variable.shape) >= 2:
                weights.assign_sub(weights * decay)
            names = _SLOTS[self._plan.optimizer]
            handles = {name: slot.handle for name, slot in zip(names, slots, strict=True)}
            _UPDATES[self._plan.optimizer](
                var=weights.handle, lr=rate, grad=dense(gradient), **handles, **settings
            )
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable))

    def _settings(self) -> dict[str, Any]:
        """What all updates of a step have in common, made once: every tensor takes its time."""
        if self._plan.optimizer == "sgd":
            return {"momentum": tf.constant(self._plan.momentum)}
        if self._plan.optimizer == "rmsprop":
            return {
                "rho": tf.constant(0.9),
                "momentum": tf.constant(0.0),
                "epsilon": tf.constant(1e-7),
            }
        steps = self._steps.assign_add(1.0)
        beta1, beta2 = tf.constant(0.9), tf.constant(0.999)
        return {
            "beta1": beta1,
            "beta2": beta2,
            "beta1_power": beta1**steps,
            "beta2_power": beta2**steps,
            "epsilon": tf.constant(1e-7),
        }


_SLOTS = {"adam": ("m", "v"), "sgd": ("accum",), "rmsprop": ("ms", "mom")}
_UPDATES = {
    "adam": tf.raw_ops.ResourceApplyAdam,
    "sgd": tf.raw_ops.ResourceApplyKerasMomentum,
    "rmsprop": tf.raw_ops.ResourceApplyRMSProp,
}


def _zeros(variable: keras.Variable) -> Any:
    return tf.Variable(tf.zeros(variable.shape, variable.dtype), trainable=False)


def dense(gradient: Any) -> Any:
    """A gradient of an embedding comes as rows; one that was used twice is there twice.

    Summed first, as Adam and RMSprop are defined. Keras 3.15 squares each row on its own, which
    makes the steps of frequent words differ from those of the same network with a dense gradient.
    """
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    return tf.math.unsorted_segment_sum(gradient.values, gradient.indices, gradient.dense_shape[0])


def learning_rates(plan: TrainingPlan, n_steps: int) -> NDArray[np.float32]:
    """The learning rate of every step of a run, shape (n_steps,)."""
    progress = np.arange(n_steps) / max(1, n_steps - 1)  # 0 at the first step, 1 at the last
    if plan.schedule == "cosine":
        falling = (1 + np.cos(np.pi * progress)) / 2
        share = FINAL_SHARE + (1 - FINAL_SHARE) * falling
    elif plan.schedule == "exponential":
        share = FINAL_SHARE**progress
    else:
        share = np.ones(n_steps)
    return (plan.learning_rate * share).astype(np.float32)
