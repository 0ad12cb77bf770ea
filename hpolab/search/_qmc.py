"""Low-discrepancy points by number: point n depends on the seed and on n alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy.stats import qmc

from hpolab.search.configurations import at_quantiles, free_parameters

if TYPE_CHECKING:
    from hpolab.search.options import Qmc
    from hpolab.space import Params, SearchSpace

__all__ = ["QmcPoints"]


class QmcPoints:
    """The configurations of a Sobol' or Halton sequence over the whole space.

    Every free parameter has a coordinate of its own, also where it does not apply. Optuna's own
    sampler looks at the first trial instead, so that conditions and the order in which workers
    finish change its points.
    """

    def __init__(self, space: SearchSpace, options: Qmc, *, seed: int) -> None:
        self._space = space
        self._names = list(free_parameters(space))
        engine = {"sobol": qmc.Sobol, "halton": qmc.Halton}[options.sequence]
        dimensions = max(1, len(self._names))
        self._engine = engine(dimensions, scramble=options.scramble, seed=seed)
        self._next = 0

    def __getitem__(self, number: int) -> Params:
        """The configuration of that number; numbers must rise from call to call."""
        if number > self._next:
            self._engine.fast_forward(number - self._next)
        point = self._engine.random(1)[0]
        self._next = number + 1
        return at_quantiles(self._space, dict(zip(self._names, map(float, point), strict=False)))
