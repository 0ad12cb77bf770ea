"""How a network is trained, as the hyperparameters say: optimizer, learning rates, batch size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import keras
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from hpolab.frozen import Frozen
from hpolab.space import Value

__all__ = ["TrainingPlan", "build_optimizer", "learning_rates"]

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


def build_optimizer(plan: TrainingPlan, variables: list[keras.Variable]) -> keras.Optimizer:
    """The Keras optimizer for these trainable variables; its learning rate is set every step.

    Weight decay applies to matrices and kernels; vectors (biases, and the scales and shifts of
    normalisation) are excluded.
    """
    decay = plan.weight_decay or None
    optimizer: keras.Optimizer
    if plan.optimizer == "adam":
        optimizer = keras.optimizers.Adam(plan.learning_rate, weight_decay=decay)
    elif plan.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(
            plan.learning_rate, momentum=plan.momentum, weight_decay=decay
        )
    else:
        optimizer = keras.optimizers.RMSprop(plan.learning_rate, weight_decay=decay)
    optimizer.exclude_from_weight_decay([v for v in variables if len(v.shape) < 2])
    optimizer.build(variables)
    return optimizer


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
