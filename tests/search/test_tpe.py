from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from hpolab.search import Search, _samplers
from hpolab.search._tpe import Lessons, QuickTpe

if TYPE_CHECKING:
    from hpolab.space import Params

Build = Callable[..., Search]

SPACE = {
    "units": IntDistribution(8, 64, log=True),
    "layers": IntDistribution(1, 7, step=2),
    "rate": FloatDistribution(1e-4, 1e-1, log=True),
    "dropout": FloatDistribution(0.0, 0.5),
    "optimizer": CategoricalDistribution((0, 1)),
}


class StockTpe(optuna.samplers.TPESampler):
    """What Optuna ships, built with the arguments of ours."""

    def __init__(self, always: dict[str, Any], *, lessons: Lessons, **options: Any) -> None:  # noqa: ARG002
        super().__init__(**options)
        self._always = always

    def infer_relative_search_space(self, *_: object) -> dict[str, Any]:
        return self._always


def proposals(search: Search, *, seed: int, n_trials: int = 70) -> list[Params]:
    """With three workers that end in any order; some trials fail, some are pruned, some tie."""
    chance = random.Random(seed)
    running: list[tuple[int, Params]] = []
    asked = []
    for number in range(n_trials):
        params = search.ask(number)
        asked.append(params)
        running.append((number, params))
        if len(running) == 3:
            _end(search, *running.pop(chance.randrange(3)), chance)
    return asked


def _end(search: Search, number: int, params: Params, chance: random.Random) -> None:
    if chance.random() < 0.1:
        search.tell(number, None, "failed")
        return
    dropout, layers = params["dropout"], params["layers"]
    assert isinstance(dropout, float)
    assert isinstance(layers, int)
    final = dropout + layers / 10 + chance.random() / 10
    scores = [round(final * (1 - 0.5**epoch), 1) for epoch in range(1, 7)]
    for epoch, score in enumerate(scores, start=1):
        if search.report(number, epoch, score):
            search.tell(number, None, "pruned")
            return
    search.tell(number, scores[-1], "completed")


@pytest.mark.parametrize("pruner", ["none", "median", "hyperband"])
@pytest.mark.parametrize(
    "options", [{}, {"multivariate": False}, {"constant_liar": False}], ids=str
)
def test_the_same_is_proposed_as_by_optuna_itself(
    search: Build, monkeypatch: pytest.MonkeyPatch, pruner: str, options: dict[str, bool]
) -> None:
    spec = {"name": "tpe", **options}
    ours = proposals(search(spec, pruner), seed=3)
    monkeypatch.setattr(_samplers, "_Tpe", StockTpe)
    theirs = proposals(search(spec, pruner), seed=3)
    for one, other in zip(ours, theirs, strict=True):
        assert one == {name: _nearly(value) for name, value in other.items()}


def _nearly(value: Any) -> Any:
    return pytest.approx(value, rel=1e-7) if isinstance(value, float) else value  # as theirs is


@pytest.mark.parametrize("n_kernels", [0, 1, 40])
def test_densities_agree_with_optunas_own(n_kernels: int) -> None:
    stock = StockTpe({}, lessons=Lessons(), seed=0)
    rng = np.random.default_rng(0)
    seen = {
        name: np.array([float(kind.to_internal_repr(_draw(kind, rng))) for _ in range(n_kernels)])
        for name, kind in SPACE.items()
    }
    estimate = [
        sampler._parzen_estimator_cls(seen, SPACE, sampler._parzen_estimator_parameters)
        for sampler in (stock, QuickTpe(Lessons(), seed=0))
    ]
    samples = estimate[0].sample(np.random.RandomState(0), 50)
    theirs, ours = (mixture.log_pdf(samples) for mixture in estimate)
    assert np.ptp(theirs) > 1 or n_kernels == 0
    np.testing.assert_allclose(ours, theirs, rtol=1e-11)


def _draw(kind: Any, rng: np.random.Generator) -> Any:
    """At an edge every other time, where a kernel is cut off most."""
    if isinstance(kind, CategoricalDistribution):
        return int(rng.integers(2))
    return kind.low if rng.integers(2) else type(kind.low)(rng.uniform(kind.low, kind.high))
