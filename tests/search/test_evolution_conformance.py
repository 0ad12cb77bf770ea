"""Optuna's published conformance suite for samplers, unmodified, for each that evolves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from optuna.samplers import BaseSampler
from optuna.testing.pytest_samplers import (
    BasicSamplerTestCase,
    RelativeSamplerTestCase,
    SingleOnlySamplerTestCase,
)

from hpolab.search import SamplerSpec, evolution_sampler

EVOLVING = ["genetic", "pso", "de", "shade", "sa", "acor"]


@pytest.mark.parametrize("name", EVOLVING)
class TestEvolutionSampler(
    BasicSamplerTestCase, RelativeSamplerTestCase, SingleOnlySamplerTestCase
):
    @pytest.fixture
    def sampler(self, name: str) -> Callable[[], BaseSampler]:
        return lambda: evolution_sampler(SamplerSpec.parse(name), seed=3)
