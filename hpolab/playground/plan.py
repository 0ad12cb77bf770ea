"""What can be turned while the network trains."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from hpolab.frozen import Frozen

__all__ = ["ACTIVATIONS", "OPTIMIZERS", "Plan"]

_Activation = Literal["relu", "leaky_relu", "tanh", "sigmoid"]
_Optimizer = Literal["sgd", "momentum", "adam"]
ACTIVATIONS: tuple[str, ...] = get_args(_Activation)
OPTIMIZERS: tuple[str, ...] = get_args(_Optimizer)


class Plan(Frozen):
    """The hyperparameters of a playground network.

    Attributes:
        learning_rate: Length of a step; the range reaches from useless to ruinous.
        optimizer: How a gradient becomes a step.
        activation: Of every hidden layer.
        depth: Hidden layers; without any, the network is a logistic regression.
        width: Units of each hidden layer.
        dropout: Share of each hidden layer's outputs that a training step leaves out.
        batch_size: Examples per step.
    """

    learning_rate: float = Field(default=0.01, ge=1e-5, le=10)
    optimizer: _Optimizer = "adam"
    activation: _Activation = "relu"
    depth: int = Field(default=2, ge=0, le=6)
    width: int = Field(default=16, ge=1, le=64)
    dropout: float = Field(default=0.0, ge=0, le=0.9)
    batch_size: int = Field(default=32, ge=1, le=256)
