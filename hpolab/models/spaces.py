"""What is searched by default for each kind of network: ranges that pay on two CPU cores.

A search that learns begins with the ``start`` values, which are what textbooks begin with: a
baseline that every later trial can be held against.
"""

from __future__ import annotations

from typing import Any

from hpolab.space import SearchSpace

__all__ = ["CNN", "LSTM", "SEQUENCE_LENGTH", "TRAINING", "VOCABULARY"]

SEQUENCE_LENGTH = 200
"""Tokens of a text that a network reads, where its space does not say."""

VOCABULARY = 10_000
"""Word ids that a network tells apart, where its space does not say."""

_TRAINING: dict[str, Any] = {
    "optimizer": {"options": ["adam", "sgd", "rmsprop"], "start": "adam"},
    "momentum": {"low": 0.8, "high": 0.98, "only_if": {"optimizer": "sgd"}, "start": 0.9},
    "learning_rate": {"low": 1e-3, "high": 3e-2, "log": True, "start": 3e-3},
    "schedule": {"options": ["constant", "cosine", "exponential"], "start": "cosine"},
    "weight_decay": {"low": 1e-5, "high": 3e-2, "log": True, "start": 1e-4},
}

_CNN: dict[str, Any] = {
    "n_blocks": {"low": 1, "high": 3, "start": 2},
    "filters": {"low": 6, "high": 24, "log": True, "start": 16},
    "kernel_size": {"options": [3, 5], "start": 3},
    "pooling": {"options": ["max", "average", "stride"], "start": "max"},
    "head": {"options": ["flatten", "global_average"], "start": "flatten"},
    "dense_units": {
        "low": 16,
        "high": 128,
        "log": True,
        "only_if": {"head": "flatten"},
        "start": 64,
    },
    "activation": {"options": ["relu", "elu", "gelu", "tanh"], "start": "relu"},
    "dropout": {"low": 0.0, "high": 0.4, "start": 0.2},
    "batch_norm": {"options": [True, False], "start": False},
    **_TRAINING,
    "batch_size": {"options": [32, 64, 128], "start": 32},
}

_LSTM: dict[str, Any] = {
    "vocabulary": {"options": [2_000, 5_000, 10_000], "start": 10_000},
    "sequence_length": {"low": 80, "high": 200, "step": 40, "start": 200},
    "embedding_width": {"options": [16, 32, 64], "start": 32},
    "lstm_units": {"low": 8, "high": 48, "log": True, "start": 32},
    "n_layers": {"low": 1, "high": 2, "start": 1},
    "bidirectional": {"options": [False, True], "start": False},
    "dropout": {"low": 0.0, "high": 0.5, "start": 0.2},
    **_TRAINING,
    # in a few epochs sgd hardly moves the vectors of rare words; it can be asked for
    "optimizer": {"options": ["adam", "rmsprop"], "start": "adam"},
    "batch_size": {"options": [64, 128], "start": 64},
}

TRAINING = SearchSpace.parse({**_TRAINING, "batch_size": [32, 64, 128]})
"""How to train, for a user's own builder: its space is this one and its own parameters."""

CNN = SearchSpace.parse(_CNN)
LSTM = SearchSpace.parse(_LSTM)
