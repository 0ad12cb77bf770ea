"""Every algorithm by name, with what forms, commands and documentation need to offer it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hpolab.errors import ConfigError, did_you_mean
from hpolab.evolution.acor import Acor
from hpolab.evolution.annealing import Annealing
from hpolab.evolution.differential import DifferentialEvolution
from hpolab.evolution.genetic import Genetic
from hpolab.evolution.pso import Pso, RingPso
from hpolab.evolution.shade import Shade

if TYPE_CHECKING:
    from hpolab.evolution.algorithm import Algorithm

__all__ = ["ALGORITHMS", "Entry", "ParameterRange", "find_algorithm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterRange:
    """One parameter of an algorithm.

    Attributes:
        name: As a keyword.
        kind: int or float.
        default: None stands for what the description says.
        low, high: Both included, unless ``above_low``.
        above_low: Whether low itself is excluded.
        description: A sentence.
    """

    name: str
    kind: type[int] | type[float]
    default: float | None
    low: float
    high: float
    above_low: bool
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An algorithm as it is offered.

    Attributes:
        name: For configs and commands.
        label: For people.
        algorithm: The class.
        description: One line.
    """

    name: str
    label: str
    algorithm: type[Algorithm[Any]]
    description: str

    @property
    def parameters(self) -> tuple[ParameterRange, ...]:
        """What can be set, in the order of its record."""
        fields = self.algorithm.parameters_type.model_fields
        return tuple(_range(name, field) for name, field in fields.items())


def find_algorithm(name: str) -> type[Algorithm[Any]]:
    """The class of an algorithm.

    Raises:
        ConfigError: There is none of this name.
    """
    if name not in ALGORITHMS:
        raise ConfigError(
            f"no such algorithm: {name!r}; {did_you_mean(name, ALGORITHMS)}", field="algorithm"
        )
    return ALGORITHMS[name].algorithm


def _range(name: str, field: Any) -> ParameterRange:
    rules = {
        rule: getattr(constraint, rule)
        for constraint in field.metadata
        for rule in ("ge", "gt", "le")
        if hasattr(constraint, rule)
    }
    return ParameterRange(
        name=name,
        kind=int if "int" in str(field.annotation) else float,
        default=field.default,
        low=rules["gt" if "gt" in rules else "ge"],
        high=rules["le"],
        above_low="gt" in rules,
        description=field.description,
    )


def _entries(*entries: tuple[str, type[Algorithm[Any]], str]) -> dict[str, Entry]:
    return {
        algorithm.name: Entry(
            name=algorithm.name, label=label, algorithm=algorithm, description=description
        )
        for label, algorithm, description in entries
    }


ALGORITHMS: dict[str, Entry] = _entries(
    ("Particle swarm", Pso, "Particles fly towards the best point of the swarm."),
    ("Particle swarm, ring", RingPso, "Particles fly towards the best of their two neighbours."),
    ("Genetic algorithm", Genetic, "Good points are crossed and mutated; the best survive."),
    (
        "Differential evolution",
        DifferentialEvolution,
        "Points move by the difference of two others, and stay if better.",
    ),
    ("SHADE", Shade, "Differential evolution that learns which step sizes pay."),
    (
        "Simulated annealing",
        Annealing,
        "Chains walk at random, uphill too while it is warm, and settle as it cools.",
    ),
    ("Ant colony", Acor, "Ants search around the best points, as widely as these are apart."),
)
"""By name, in the order in which they are best met."""
