"""What the health study trains: random networks, sick ones among them, some of them again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.models.spaces import CNN
from hpolab.search.configurations import at_quantiles
from hpolab.trial import DatasetSpec, RunSpec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hpolab.space import Params

NETWORKS = 200
REPEATED = 40
GOOD_REPEATED = 30
"""So many of them, the first ones, and the first good ones, are trained again with fresh seeds."""

FRESH_SEEDS = (1, 2, 3, 4, 5)
EPOCHS = 10
EARLY = 2
"""The epoch after which the end is to be foretold: a fifth of the training."""

FACTORS = (0.1, 10.0)
"""A sick network is trained again with its learning rate times each: so one sees what ailed it."""

DRAWN_WITH = 2024

SPACE = CNN.edited(
    {
        "n_blocks": {"low": 1, "high": 4},
        "filters": {"low": 4, "high": 24},
        "dense_units": {"low": 8, "high": 256},
        "activation": ["relu", "leaky_relu", "elu", "gelu", "tanh", "sigmoid"],
        "dropout": {"low": 0.0, "high": 0.5},
        "momentum": {"low": 0.5, "high": 0.98},
        "learning_rate": {"low": 1e-4, "high": 0.3},
        "weight_decay": {"low": 1e-6, "high": 3e-2},
        "batch_size": [16, 32, 64, 128],
    }
)
"""Far wider than anybody would search: about half of it is sick, in many ways."""


class Job(NamedTuple):
    """One training.

    Attributes:
        network: Its number, from 0.
        seed: Of weights, shuffling and dropout; 0 for the run that is examined.
        factor: What the learning rate is multiplied by; 1 for the network as it was drawn.
    """

    network: int
    seed: int = 0
    factor: float = 1.0


def networks() -> list[Params]:
    """The configurations, always the same."""
    random = np.random.default_rng(DRAWN_WITH)
    return [
        at_quantiles(SPACE, {name: float(random.random()) for name in SPACE})
        for _ in range(NETWORKS)
    ]


def repetitions(good: Sequence[int]) -> Iterator[Job]:
    """The networks that are trained with fresh seeds.

    Args:
        good: The numbers of those that turned out to be good, in order. (They are chosen by the
            run with seed 0, and judged by the others, so that luck in the choice does no harm.)
    """
    chosen = sorted({*range(REPEATED), *good[:GOOD_REPEATED]})
    yield from (Job(network, seed) for seed in FRESH_SEEDS for network in chosen)


def cures(sick: Sequence[int]) -> Iterator[Job]:
    """Every sick network with both other learning rates."""
    yield from (Job(network, factor=factor) for network in sick for factor in FACTORS)


def spec_of(job: Job, params: Params, number: int, folder: Path) -> RunSpec:
    """The order for a worker."""
    rate = float(params["learning_rate"]) * job.factor
    return RunSpec(
        trial=number,
        model="cnn",
        params={**params, "learning_rate": rate},
        dataset=DatasetSpec(name="digits"),
        epochs=EPOCHS,
        seed=job.seed,
        record=False,
        folder=folder,
    )
