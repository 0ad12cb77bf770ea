"""Hard limits: what no trial is worth training on with, whatever it scores."""

from __future__ import annotations

from pydantic import Field

from hpolab.frozen import Frozen

__all__ = ["Limits"]


class Limits(Frozen):
    """A trial beyond one of these ends early, as pruned, with the reason in words.

    The network is looked at after at most ten evenly spaced epochs; see
    ``hpolab.health.signs``. A loss that is not a number ends a trial in any case. The defaults
    let every healthy run of ``tests/benchmarks/health_cases.py`` through: there the worst layer
    has up to 45 % of silent units after the first epoch, and the weakest elasticity is 0.07.
    """

    dead_units: float | None = Field(
        default=0.8,
        gt=0,
        lt=1,
        description="Largest share of silent units in any one layer; None for no limit.",
    )
    vanished_gradients: float | None = Field(
        default=1e-5,
        gt=0,
        lt=1,
        description="Smallest relative change of the loss per relative change of any one layer's "
        "weights; None for no limit. Healthy networks have 0.01 or more.",
    )
    patience: int = Field(
        default=2,
        ge=1,
        le=10,
        description="How many looks in a row must find it: networks recover from a bad start.",
    )

    @classmethod
    def none(cls) -> Limits:
        """No limits at all."""
        return cls(dead_units=None, vanished_gradients=None)
