"""What is searched by default for each kind of network: ranges that pay on two CPU cores."""

from __future__ import annotations

from typing import Any

from hpolab.space import SearchSpace

__all__ = ["CNN", "LSTM", "SEQUENCE_LENGTH", "TRAINING", "VOCABULARY"]

SEQUENCE_LENGTH = 200
"""Tokens of a text that a network reads, where its space does not say."""

VOCABULARY = 10_000
"""Word ids that a network tells apart, where its space does not say."""

_TRAINING: dict[str, Any] = {
    "optimizer": ["adam", "sgd", "rmsprop"],
    "momentum": {"low": 0.8, "high": 0.98, "only_if": {"optimizer": "sgd"}},
    "learning_rate": {"low": 1e-3, "high": 3e-2, "log": True},
    "schedule": ["constant", "cosine", "exponential"],
    "weight_decay": {"low": 1e-5, "high": 3e-2, "log": True},
}

_CNN: dict[str, Any] = {
    "n_blocks": {"low": 1, "high": 3},
    "filters": {"low": 6, "high": 24, "log": True},
    "kernel_size": [3, 5],
    "pooling": ["max", "average", "stride"],
    "head": ["flatten", "global_average"],
    "dense_units": {"low": 16, "high": 128, "log": True, "only_if": {"head": "flatten"}},
    "activation": ["relu", "elu", "gelu", "tanh"],
    "dropout": {"low": 0.0, "high": 0.4},
    "batch_norm": [True, False],
    **_TRAINING,
    "batch_size": [32, 64, 128],
}

_LSTM: dict[str, Any] = {
    "vocabulary": [2_000, 5_000, 10_000],
    "sequence_length": {"low": 80, "high": 200, "step": 40},
    "embedding_width": [16, 32, 64],
    "lstm_units": {"low": 8, "high": 48, "log": True},
    "n_layers": {"low": 1, "high": 2},
    "bidirectional": [False, True],
    "dropout": {"low": 0.0, "high": 0.5},
    **_TRAINING,
    # in a few epochs sgd hardly moves the vectors of rare words; it can be asked for
    "optimizer": ["adam", "rmsprop"],
    "batch_size": [64, 128],
}

TRAINING = SearchSpace.parse({**_TRAINING, "batch_size": [32, 64, 128]})
"""How to train, for a user's own builder: its space is this one and its own parameters."""

CNN = SearchSpace.parse(_CNN)
LSTM = SearchSpace.parse(_LSTM)
