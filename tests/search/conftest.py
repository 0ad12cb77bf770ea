from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from hpolab.search import PrunerSpec, SamplerSpec, Search
from hpolab.space import Params, SearchSpace

EPOCHS = 6


@pytest.fixture
def space() -> SearchSpace:
    """One parameter of every kind, two of them conditional."""
    return SearchSpace.parse(
        {
            "units": {"low": 8, "high": 64, "log": True},
            "layers": {"low": 1, "high": 7, "step": 2},
            "rate": {"low": 1e-4, "high": 1e-1, "log": True},
            "dropout": {"low": 0.0, "high": 0.5},
            "optimizer": ["adam", "sgd"],
            "momentum": {"low": 0.5, "high": 0.99, "only_if": {"optimizer": "sgd"}},
            "flag": [True, 1, "1"],
            "batch": 64,
            "nesterov": {"value": True, "only_if": {"optimizer": "sgd"}},
        }
    )


@pytest.fixture
def small_space() -> SearchSpace:
    """Ten configurations: 2 with adam, 2 * 4 with sgd."""
    return SearchSpace.parse(
        {
            "optimizer": ["adam", "sgd"],
            "momentum": {"low": 1, "high": 4, "only_if": {"optimizer": "sgd"}},
            "norm": [False, True],
        }
    )


@pytest.fixture
def search(space: SearchSpace) -> Callable[..., Search]:
    """Builds a search over ``space`` from plain names."""

    def build(
        sampler: object = "tpe",
        pruner: object = "none",
        *,
        over: SearchSpace = space,
        seed: int = 7,
        epochs: int = EPOCHS,
    ) -> Search:
        return Search(
            over,
            sampler=SamplerSpec.model_validate(sampler),
            pruner=PrunerSpec.model_validate(pruner),
            seed=seed,
            epochs=epochs,
        )

    return build


@pytest.fixture
def curve() -> Callable[[int, Params], Sequence[float]]:
    """The scores of a trial by epoch: better with more dropout, a little different each."""

    def scores(number: int, params: Params) -> Sequence[float]:
        dropout = params["dropout"]
        assert isinstance(dropout, float)
        final = 0.3 + dropout + (number * 37 % 11) / 100
        return [final * (1 - 0.5**epoch) for epoch in range(1, EPOCHS + 1)]

    return scores
