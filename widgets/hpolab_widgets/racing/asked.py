"""What a person has chosen for the next race, and what there is to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from hpolab.errors import ConfigError, did_you_mean
from hpolab.evolution import ALGORITHMS, FUNCTIONS
from hpolab.frozen import Frozen
from hpolab.race import FAMILIES, RaceConfig
from hpolab.sandbox import OwnFunction
from hpolab_widgets.racing.shown import tone

__all__ = ["OWN", "TEMPLATE", "Asked", "choices"]

OWN = "own"
"""The choice of a function that the user writes."""

TEMPLATE = """import numpy as np

def fitness(x):
    # x has one number for each variable; return one number
    away = x - 1.7
    waves = 1 - np.cos(3 * away)
    return float(np.sum(away**2 + 4 * waves))
"""

DIMENSIONS = (2, 5, 10, 20, 30)
SEEDS = (3, 5, 9, 15, 25)
BUDGETS = (2_000, 5_000, 10_000, 20_000, 50_000)


class Asked(Frozen):
    """The next race, as it stands in the form.

    Attributes:
        function: Of FUNCTIONS, or OWN.
        dimensions, seeds, budget: See RaceConfig.
        algorithms: Who races, in the order of ALGORITHMS.
        source: Of the user's function.
        low, high: Its bounds, the same in every dimension.
        direction: Whether its small or its large values are good.
    """

    function: str = "rastrigin"
    dimensions: int = Field(default=10, ge=1, le=100)
    seeds: int = Field(default=9, ge=1, le=100)
    budget: int = Field(default=10_000, ge=100, le=1_000_000)
    algorithms: tuple[str, ...] = FAMILIES
    source: str = TEMPLATE
    low: float = -5.0
    high: float = 5.0
    direction: Literal["minimize", "maximize"] = "minimize"

    @model_validator(mode="after")
    def _known(self) -> Self:
        known = [*FUNCTIONS, OWN]
        if self.function not in known:
            raise ConfigError(
                f"there is no {self.function!r:.40}; {did_you_mean(self.function, known)}",
                field="function",
            )
        if unknown := [name for name in self.algorithms if name not in ALGORITHMS]:
            raise ConfigError(
                f"there is no {unknown[0]!r:.40}; {did_you_mean(unknown[0], ALGORITHMS)}",
                field="algorithms",
            )
        return self

    @classmethod
    def of(cls, config: RaceConfig) -> Self:
        """The form as it must have stood for a race, as far as the form can say it."""
        own = config.fitness
        names = [contender.algorithm for contender in config.contenders]
        fields: dict[str, Any] = {
            "function": config.function or OWN,
            "dimensions": config.dimensions if own is None else own.dimensions,
            "seeds": min(config.seeds, 100),
            "budget": max(100, min(config.budget, 1_000_000)),
            "algorithms": tuple(name for name in ALGORITHMS if name in names),
        }
        if own is not None:
            fields |= {"source": own.source, "direction": own.direction}
            fields |= {"low": float(own.lows[0]), "high": float(own.highs[0])}
        return cls(**fields)

    def toggled(self, name: str) -> Self:
        """With an algorithm more, or without it."""
        wanted = set(self.algorithms) ^ {name}
        known = [each for each in ALGORITHMS if each in wanted]
        return self.replace(algorithms=(*known, *(wanted - set(ALGORITHMS))))

    def own_function(self) -> OwnFunction:
        """The user's function.

        Raises:
            ConfigError: A bound breaks its rule.
        """
        return OwnFunction(
            name="own function",
            source=self.source,
            dimensions=self.dimensions,
            low=self.low,
            high=self.high,
            direction=self.direction,
        )

    def config(self) -> RaceConfig:
        """The race that is asked for.

        Raises:
            ConfigError: It cannot be run; says why.
        """
        if not self.algorithms:
            raise ConfigError("choose at least one algorithm.")
        subject: Mapping[str, Any] = (
            {"fitness": self.own_function()}
            if self.function == OWN
            else {"function": self.function, "dimensions": self.dimensions}
        )
        return RaceConfig(
            **subject, contenders=self.algorithms, seeds=self.seeds, budget=self.budget
        )


def choices(asked: Asked) -> dict[str, Any]:
    """What there is to choose from; numbers that were chosen elsewhere are among them."""
    return {
        "functions": [
            {"name": name, "words": each.description} for name, each in FUNCTIONS.items()
        ],
        "algorithms": [
            {
                "name": name,
                "label": each.label,
                "words": each.description,
                "tone": tone(name),
            }
            for name, each in ALGORITHMS.items()
        ],
        "dimensions": sorted({*DIMENSIONS, asked.dimensions}),
        "seeds": sorted({*SEEDS, asked.seeds}),
        "budget": sorted({*BUDGETS, asked.budget}),
    }
