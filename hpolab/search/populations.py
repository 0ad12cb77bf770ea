"""Options of the samplers that evolve a population: the algorithms of ``hpolab.evolution``.

A generation has as many trials as there are members, and they train at once as far as there are
workers. Sweeps have 30 to 100 trials, so populations are smaller here than there, where an
evaluation costs nothing. What else differs in its default was chosen by racing on the practice
spaces with seeds other than those that are reported (tests/benchmarks/evolution_regret.py).
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from hpolab.frozen import Frozen

__all__ = [
    "Annealing",
    "AntColony",
    "DifferentialEvolution",
    "Evolving",
    "Genetic",
    "Shade",
    "Swarm",
]


def _many(default: int, least: int, description: str) -> Any:
    """A number of members, which is one of trials."""
    return Field(default=default, ge=least, le=1000, description=description)


class Evolving(Frozen):
    """Options that are named as the parameters of the algorithm; see ``hpolab.evolution``."""

    algorithm: ClassVar[str]

    def chosen(self) -> tuple[str, dict[str, Any]]:
        """The algorithm's name and its parameters."""
        return self.algorithm, self.model_dump()


class Genetic(Evolving):
    """Genetic algorithm: good configurations have children, which mix their parents and mutate.

    Of parents and children the best survive. Deb, Pratap, Agarwal and Meyarivan 2002, "NSGA-II",
    whose part for one objective this is; crossover by Deb and Agrawal 1995.
    """

    algorithm: ClassVar[str] = "genetic"
    population: int = _many(8, 2, "Survivors, and trials per generation.")
    crossover_probability: float = Field(
        default=0.9, ge=0, le=1, description="How often two parents are crossed at all."
    )
    crossover_index: float = Field(
        default=2.0, ge=0, le=1000, description="The higher, the nearer children are to parents."
    )
    mutation_probability: float | None = Field(
        default=0.5,
        ge=0,
        le=1,
        description="How often a value mutates; None for one over the number of parameters.",
    )
    mutation_index: float = Field(
        default=1.0, ge=0, le=1000, description="The higher, the smaller mutations are."
    )


class Swarm(Evolving):
    """Particle swarm: each configuration flies on, drawn to the best that it has come to know.

    Kennedy and Eberhart 1995, "Particle swarm optimization"; inertia and pulls by Clerc and
    Kennedy 2002, "The particle swarm".
    """

    algorithm: ClassVar[str] = "pso"
    population: int = _many(15, 2, "Particles, and trials per generation.")
    neighbours: Literal["ring", "all"] = Field(
        default="ring",
        description="Whose best a particle knows beside its own: of two others, or of all.",
    )
    inertia: float = Field(
        default=0.7298, ge=0, le=1, description="Share of its velocity that a particle keeps."
    )
    own_pull: float = Field(
        default=1.4962, ge=0, le=4, description="How strongly its own best draws it."
    )
    swarm_pull: float = Field(
        default=1.4962, ge=0, le=4, description="How strongly the best of the others does."
    )

    def chosen(self) -> tuple[str, dict[str, Any]]:
        """The algorithm's name and its parameters."""
        parameters = self.model_dump(exclude={"neighbours"})
        return {"ring": "pso-ring", "all": "pso"}[self.neighbours], parameters


class DifferentialEvolution(Evolving):
    """Differential evolution: a configuration moves by the difference of two others, if it pays.

    DE/rand/1/bin: Storn and Price 1997, "Differential evolution".
    """

    algorithm: ClassVar[str] = "de"
    population: int = _many(8, 4, "Configurations kept, and trials per generation.")
    weight: float = Field(
        default=0.8, ge=0.01, le=2, description="How much of the difference is added."
    )
    crossover: float = Field(
        default=0.4, ge=0, le=1, description="How often a value is taken from where it moved."
    )


class Shade(Evolving):
    """Success-history adaptive differential evolution: remembers which moves have paid.

    Moves lead towards one of the best configurations. Tanabe and Fukunaga 2013, "Success-history
    based parameter adaptation for differential evolution".
    """

    algorithm: ClassVar[str] = "shade"
    population: int = _many(12, 4, "Configurations kept, and trials per generation.")
    memory: int = Field(
        default=5, ge=1, le=1000, description="Generations whose successes are remembered."
    )
    greediness: float = Field(
        default=0.2, ge=0.01, le=1, description="Largest share of best ones that draw the others."
    )


class Annealing(Evolving):
    """Simulated annealing: walks that also take a step to the worse, ever more rarely.

    Several chains side by side, which begin at the best of 20 random trials. Kirkpatrick,
    Gelatt and Vecchi 1983, "Optimization by simulated annealing".
    """

    algorithm: ClassVar[str] = "sa"
    chains: int = _many(4, 1, "Walks side by side, and trials per generation.")
    evaluations: int = Field(
        default=100, ge=1, le=100_000, description="Trials over which it cools; then it is cold."
    )
    final_temperature: float = Field(
        default=0.01, ge=1e-12, le=1, description="At the end, as a share of the first."
    )
    wide_share: float = Field(
        default=0.0, ge=0, le=1, description="How often a step is of any size, however cold it is."
    )
    exchange: int = Field(
        default=5,
        ge=1,
        le=1000,
        description="Generations after which the worst chain restarts at the best.",
    )


class AntColony(Evolving):
    """Ant colony: trials spread around those of an archive of the best, as widely as it is.

    Socha and Dorigo 2008, "Ant colony optimization for continuous domains".
    """

    algorithm: ClassVar[str] = "acor"
    ants: int = _many(5, 1, "Trials per generation, after the first.")
    archive: int = _many(15, 2, "Best configurations kept; as many trials begin at random.")
    locality: float = Field(
        default=0.3, ge=1e-4, le=10, description="The smaller, the more the best attracts."
    )
    evaporation: float = Field(
        default=1.0, ge=0.01, le=10, description="The higher, the wider ants spread."
    )
