"""Optuna's published conformance suite for samplers, unmodified, for each that evolves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from optuna.testing.pytest_samplers import (
    BasicSamplerTestCase,
    RelativeSamplerTestCase,
    SingleOnlySamplerTestCase,
)

from hpolab.search import evolution_sampler

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler

EVOLVING = ["genetic", "pso", "de", "shade", "sa", "acor"]


@pytest.mark.parametrize("name", EVOLVING)
class TestEvolutionSampler(
    BasicSamplerTestCase, RelativeSamplerTestCase, SingleOnlySamplerTestCase
):
    @pytest.fixture
    def sampler(self, name: str) -> Callable[[], BaseSampler]:
        return lambda: evolution_sampler(name, seed=3)
