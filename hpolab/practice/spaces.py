"""The spaces that were trained once, every combination of a few values, so that others need not.

The samplers see ranges, so that they can use the order of numbers; a configuration between
tabulated values gives what the nearest one gave, on the parameter's own scale. ``grid`` with as
many ``points`` as a parameter has values meets the table exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from hpolab.errors import ConfigError, did_you_mean
from hpolab.models import FAMILIES
from hpolab.parameters import Fixed, Params, Value

if TYPE_CHECKING:
    from hpolab.space import SearchSpace

__all__ = ["SPACES", "PracticeSpace", "practice_space"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeSpace:
    """A part of a family's space with the values that were trained.

    Attributes:
        name: What it is called, and the stem of its table's file.
        model: The family, "cnn" or "lstm".
        dataset: What was trained on; with its default split.
        epochs: How many were trained.
        seeds: So many seeds were trained, from 0.
        edits: Of the family's own space: ranges of what varies, values of what does not.
        values: The trained values of each parameter that varies, in ascending order of numbers.
    """

    name: str
    model: str
    dataset: str
    epochs: int
    seeds: int
    edits: Mapping[str, Any]
    values: Mapping[str, tuple[Value, ...]]

    @property
    def space(self) -> SearchSpace:
        """What is searched."""
        return FAMILIES[self.model].space.edited(self.edits)

    @property
    def size(self) -> int:
        """How many configurations were trained, each with every seed."""
        return math.prod(map(len, self.values.values()))

    def configurations(self) -> Iterator[Params]:
        """Every trained configuration, with the values that do not vary."""
        space = self.space
        for chosen in product(*self.values.values()):
            yield self._complete(space, dict(zip(self.values, chosen, strict=True)))

    def nearest(self, params: Mapping[str, Value]) -> Params:
        """The trained configuration that stands for one of the space: its values that vary.

        Raises:
            KeyError: A parameter that varies is missing.
        """
        space = self.space
        return {
            name: _nearest(values, params[name], log=getattr(space[name], "log", False))
            for name, values in self.values.items()
        }

    def _complete(self, space: SearchSpace, chosen: Params) -> Params:
        params: Params = {}
        for name in space:
            parameter = space[name]
            if name in chosen:
                params[name] = chosen[name]
            elif isinstance(parameter, Fixed) and parameter.applies(params):
                params[name] = parameter.value
        return params


def practice_space(name: str) -> PracticeSpace:
    """A practice space by name.

    Raises:
        ConfigError: There is none of that name; suggests the nearest.
    """
    if name not in SPACES:
        raise ConfigError(f"no practice space {name!r}; {did_you_mean(name, SPACES)}")
    return SPACES[name]


def _nearest(values: tuple[Value, ...], value: Value, *, log: bool) -> Value:
    """The closest number, on a logarithmic scale if asked; of other things the equal one."""
    if value in values:
        return values[values.index(value)]
    scale = math.log if log else float
    return min(values, key=lambda known: abs(scale(float(known)) - scale(float(value))))


def _log_steps(low: float, high: float, n: int) -> tuple[float, ...]:
    """So many numbers from low to high, evenly spread on a logarithmic scale."""
    inner = (low * (high / low) ** (i / (n - 1)) for i in range(1, n - 1))
    return (low, *(float(f"{step:.3g}") for step in inner), high)


_CNN = PracticeSpace(
    name="cnn",
    model="cnn",
    dataset="digits",
    epochs=8,
    seeds=3,
    edits={
        "n_blocks": {"low": 1, "high": 2},
        "filters": {"low": 4, "high": 16},
        "kernel_size": 3,
        "pooling": "max",
        "head": "flatten",
        "dense_units": 32,
        "activation": ["relu", "tanh"],
        "dropout": {"low": 0.0, "high": 0.4},
        "batch_norm": False,
        "optimizer": ["adam", "sgd"],
        "momentum": 0.9,
        "learning_rate": {"low": 1e-3, "high": 1e-1},
        "schedule": "constant",  # so that fewer epochs give the beginning of more
        "weight_decay": 1e-4,
        "batch_size": 64,
    },
    values={
        "n_blocks": (1, 2),
        "filters": (4, 8, 16),
        "activation": ("relu", "tanh"),
        "dropout": (0.0, 0.2, 0.4),
        "optimizer": ("adam", "sgd"),
        "learning_rate": _log_steps(1e-3, 1e-1, 6),
    },
)

_LSTM = PracticeSpace(
    name="lstm",
    model="lstm",
    dataset="digits_text",
    epochs=10,
    seeds=3,
    edits={
        "vocabulary": 21,  # 17 inks and the reserved ids
        "sequence_length": 64,
        "embedding_width": 16,
        "lstm_units": {"low": 8, "high": 32},
        "n_layers": 1,
        "bidirectional": [False, True],
        "dropout": {"low": 0.0, "high": 0.4},
        "optimizer": "adam",
        "learning_rate": {"low": 1e-3, "high": 3e-2},
        "schedule": "constant",
        "weight_decay": 1e-5,
        "batch_size": [32, 64],
    },
    values={
        "lstm_units": (8, 16, 32),
        "bidirectional": (False, True),
        "dropout": (0.0, 0.2, 0.4),
        "learning_rate": _log_steps(1e-3, 3e-2, 4),
        "batch_size": (32, 64),
    },
)

SPACES: dict[str, PracticeSpace] = {space.name: space for space in (_CNN, _LSTM)}
"""The practice spaces by name."""
