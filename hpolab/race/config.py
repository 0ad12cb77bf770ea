"""What a race is: a function, who races on it, from how many starts and how far."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from hpolab.errors import ConfigError
from hpolab.evolution.catalogue import find_algorithm
from hpolab.frozen import Frozen
from hpolab.race.problem import SCENE_DIMENSIONS, check_function
from hpolab.sandbox import OwnFunction

__all__ = ["FAMILIES", "MOST_FRAMES", "Contender", "Heat", "RaceConfig"]

FAMILIES = ("pso", "genetic", "shade", "sa", "acor")
"""One algorithm of each of the five families: who races when nobody says otherwise."""

MOST_FRAMES = 80
"""Pictures of a population in one scene, at most."""

_DEFAULT_WORKERS = 4


class Contender(Frozen):
    """An algorithm with its parameters; its name alone takes the defaults.

    Attributes:
        algorithm: A name of ``hpolab.evolution.ALGORITHMS``.
        parameters: Of the algorithm, those that are not its defaults.
        label: What it is called in tables and pictures; "" for the algorithm's name.
    """

    algorithm: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    label: str = Field(default="", max_length=40)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.label or self.algorithm

    @model_validator(mode="after")
    def _known(self) -> Self:
        find_algorithm(self.algorithm).parameters_type.parse(self.parameters, at="parameters")
        return self


class Heat(NamedTuple):
    """One run of one contender.

    Attributes:
        number: From 0, in the order in which they start.
        contender: Its place among the config's.
        seed: Decides every random number, and the place of a shifted function's optimum; the
            same seed is the same task for every contender.
        is_scene: Whether it is run in two dimensions for the picture, and counts for nothing.
    """

    number: int
    contender: int
    seed: int
    is_scene: bool = False


def _spelt_out(value: Any) -> Any:
    return {"algorithm": value} if isinstance(value, str) else value


class RaceConfig(Frozen):
    """What is asked of a race; ``config.yaml`` of its folder.

    Attributes:
        name: Of the race and its folder; "" for one made of the function and the time.
        function: A name of ``hpolab.evolution.functions``; "" for an own ``fitness``.
        fitness: The user's own function, which is run in the sandbox.
        dimensions: Numbers that a point has; an own fitness has its own.
        shifted: Whether every seed moves the optimum to another place.
        rotated: Whether every seed turns the axes, so that no variable can be improved alone.
        contenders: Who races; names, or mappings with ``parameters``.
        seeds: Runs of each contender, with the seeds 0, 1, 2, and so on.
        budget: Evaluations of each run, at most.
        target: The error at which a run has succeeded and ends. 1e-8 is COCO's last target. An
            own fitness may have a target of its own, and without an optimum has no other.
        seconds: Wall time of the whole race, at most; what was reached by then counts.
        heat_seconds: Wall time of one run, at most.
        scene_budget: Evaluations of the runs in two dimensions that are shown on a map, one for
            each contender; 0 for none.
        workers: Runs at once, each in a process of its own; None for one for each core, 4 at most.
    """

    name: str = Field(default="", pattern=r"^[\w][\w .+-]*$|^$", max_length=100)
    function: str = "rastrigin"
    fitness: OwnFunction | None = None
    dimensions: int = Field(default=10, ge=1, le=200)
    shifted: bool = True
    rotated: bool = False
    contenders: Annotated[
        tuple[Annotated[Contender, BeforeValidator(_spelt_out)], ...], Field(min_length=1)
    ] = Field(default=FAMILIES, validate_default=True, max_length=12)
    seeds: int = Field(default=15, ge=1, le=1000)
    budget: int = Field(default=20_000, ge=10, le=10**9)
    target: float = Field(default=1e-8, ge=0)
    seconds: float | None = Field(default=None, gt=0)
    heat_seconds: float = Field(default=600.0, gt=0)
    scene_budget: int = Field(default=3000, ge=0, le=100_000)
    workers: int | None = Field(default=None, ge=1, le=256)

    @model_validator(mode="before")
    @classmethod
    def _own_fitness_has_no_name(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and data.get("fitness") is not None:
            return {"function": "", "shifted": False, **data}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [contender.name for contender in self.contenders]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ConfigError(
                f"{', '.join(twice)} would race twice under one name; give each a label.",
                field="contenders",
            )
        if self.fitness is None:
            check_function(self.function, self.dimensions)
        elif self.function or self.shifted or self.rotated:
            raise ConfigError(
                "is raced as it is written, so leave function, shifted and rotated out.",
                field="fitness",
            )
        return self

    @property
    def subject(self) -> str:
        """What is searched, in a few words."""
        if self.fitness is not None:
            return f"{self.fitness.name}, {self.fitness.dimensions} dimensions"
        kinds = [
            kind for kind, is_so in (("shifted", self.shifted), ("rotated", self.rotated)) if is_so
        ]
        return " ".join([*kinds, f"{self.function}, {self.dimensions} dimensions"])

    @property
    def is_known(self) -> bool:
        """Whether the best value is known, so that an error can be told from it."""
        return self.fitness is None or self.fitness.optimum is not None

    @property
    def goal(self) -> float | None:
        """The error at which a run has succeeded; None where nothing is known of that."""
        own = self.fitness
        if own is not None and own.target is not None:
            away = own.target - (own.optimum or 0.0)
            return away if own.direction == "minimize" else -away
        return self.target if self.is_known else None

    def shown(self, error: float) -> float:
        """What people are told of an error: itself or, where no best value is known, the value."""
        own = self.fitness
        return (
            -error
            if own is not None and not self.is_known and own.direction == "maximize"
            else error
        )

    def heats(self) -> tuple[Heat, ...]:
        """Every run: scenes first, then seed after seed, so that all contenders get ahead."""
        scenes = range(len(self.contenders)) if self.has_scenes else ()
        runs = [(c, seed) for seed in range(self.seeds) for c in range(len(self.contenders))]
        return (
            *(Heat(number, number, 0, is_scene=True) for number in scenes),
            *(Heat(len(scenes) + i, c, seed) for i, (c, seed) in enumerate(runs)),
        )

    @property
    def has_scenes(self) -> bool:
        """Whether populations are shown on a map."""
        has_map = self.fitness is None or self.scene_fitness is not None
        return self.scene_budget > 0 and has_map

    @property
    def scene_fitness(self) -> OwnFunction | None:
        """The own function in two dimensions; None where it has bounds for others."""
        own = self.fitness
        if own is None or own.dimensions == SCENE_DIMENSIONS:
            return own
        has_pairs = isinstance(own.low, tuple) or isinstance(own.high, tuple)
        return None if has_pairs else own.replace(dimensions=SCENE_DIMENSIONS)

    def n_workers(self) -> int:
        """Runs at once."""
        most = self.workers or min(_DEFAULT_WORKERS, os.cpu_count() or 1)
        return min(most, len(self.heats()))
