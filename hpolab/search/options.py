"""Which sampler proposes configurations and which pruner stops trials, with their options.

In YAML a sampler or pruner is its name, or its name with options beside it::

    sampler: tpe
    sampler: {name: tpe, n_startup_trials: 8}
    pruner: {name: median, warmup_epochs: 2}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, SerializationInfo, model_serializer, model_validator

from hpolab.errors import ConfigError, did_you_mean
from hpolab.frozen import Frozen
from hpolab.search.populations import (
    Annealing,
    AntColony,
    DifferentialEvolution,
    Genetic,
    Shade,
    Swarm,
)

__all__ = [
    "PRUNERS",
    "SAMPLERS",
    "CmaEs",
    "GaussianProcess",
    "Grid",
    "Hyperband",
    "Median",
    "NoPruner",
    "Nsga2",
    "PrunerSpec",
    "Qmc",
    "Random",
    "SamplerSpec",
    "Tpe",
]


class Tpe(Frozen):
    """Tree-structured Parzen estimator: proposes what resembles the good trials, not the bad.

    The sensible default: handles every kind of parameter and learns from pruned trials too.
    """

    n_startup_trials: int = Field(
        default=10, ge=0, le=1000, description="Random trials before it starts to learn."
    )
    n_candidates: int = Field(
        default=24, ge=1, le=1000, description="Candidates drawn for each proposal."
    )
    multivariate: bool = Field(
        default=True,
        description="Model the parameters that always apply together, not each alone.",
    )
    constant_liar: bool = Field(
        default=True, description="Keep away from configurations that are being trained."
    )


class Random(Frozen):
    """Every configuration is drawn anew, whatever came before: the honest baseline."""


class Grid(Frozen):
    """Every combination once, in a shuffled order; the sweep ends when all are done."""

    points: int | None = Field(
        default=None,
        ge=2,
        le=1000,
        description="Into how many values a range is cut (evenly, on its own scale) where it has "
        "more; needed when a parameter is continuous.",
    )


class Qmc(Frozen):
    """Quasi-Monte Carlo: random-looking points that leave no corner of the space out."""

    sequence: Literal["sobol", "halton"] = Field(
        default="sobol", description="Which low-discrepancy sequence."
    )
    scramble: bool = Field(
        default=True,
        description="Randomise the sequence with the sweep's seed, its even spread kept.",
    )


class CmaEs(Frozen):
    """Covariance matrix adaptation: a cloud of numbers that walks uphill.

    Moves the numbers that always apply; choices and conditional parameters are drawn at random.
    """

    n_startup_trials: int = Field(
        default=1, ge=1, le=1000, description="Random trials before the cloud is set down."
    )
    population_size: int | None = Field(
        default=None,
        ge=2,
        le=1000,
        description="Completed trials per generation; None for 4 + 3 ln(number of parameters).",
    )


class Nsga2(Frozen):
    """Genetic: crosses and mutates the best of the last generation.

    Conditional parameters and the first generation are drawn at random.
    """

    population_size: int = Field(
        default=12,
        ge=2,
        le=1000,
        description="Completed trials per generation; small, since each one is a training.",
    )
    crossover_probability: float = Field(
        default=0.9, ge=0, le=1, description="How often a child mixes two parents."
    )
    mutation_probability: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="How often a value is drawn anew; None for one over the number of parameters.",
    )


class GaussianProcess(Frozen):
    """Gaussian process with expected improvement: frugal with trials, slow to think.

    Needs PyTorch. Conditional parameters are drawn at random.
    """

    n_startup_trials: int = Field(
        default=10, ge=1, le=1000, description="Random trials before it starts to learn."
    )


class NoPruner(Frozen):
    """Every trial trains all its epochs."""


class Median(Frozen):
    """Stops a trial whose best score so far is below the median of finished trials."""

    n_startup_trials: int = Field(
        default=5, ge=1, le=1000, description="Trials that must be completed before any is judged."
    )
    warmup_epochs: int = Field(
        default=1, ge=0, le=10_000, description="Epochs that a trial may train unjudged."
    )
    interval_epochs: int = Field(default=1, ge=1, le=10_000, description="Judge every so often.")


class Hyperband(Frozen):
    """Successive halving in several brackets: many short trials, few long ones."""

    min_epochs: int = Field(
        default=1, ge=1, le=10_000, description="Epochs that every trial trains."
    )
    max_epochs: int | None = Field(
        default=None, ge=1, le=10_000, description="Of the longest trials; None for all epochs."
    )
    reduction_factor: int = Field(
        default=3, ge=2, le=100, description="One in so many trials trains on at each halving."
    )

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.max_epochs is not None and self.max_epochs < self.min_epochs:
            raise ConfigError(
                f"`min_epochs <= max_epochs` must hold, but got {self.min_epochs} and "
                f"{self.max_epochs}; swap them.",
                field="max_epochs",
            )
        return self


Evolved = Genetic | Swarm | DifferentialEvolution | Shade | Annealing | AntColony
SamplerOptions = Tpe | Random | Grid | Qmc | CmaEs | Nsga2 | GaussianProcess | Evolved
PrunerOptions = NoPruner | Median | Hyperband

SAMPLERS: dict[str, type[SamplerOptions]] = {
    "tpe": Tpe,
    "random": Random,
    "grid": Grid,
    "qmc": Qmc,
    "cma-es": CmaEs,
    "nsga2": Nsga2,
    "gp": GaussianProcess,
    "genetic": Genetic,
    "pso": Swarm,
    "de": DifferentialEvolution,
    "shade": Shade,
    "sa": Annealing,
    "acor": AntColony,
}
PRUNERS: dict[str, type[PrunerOptions]] = {
    "none": NoPruner,
    "median": Median,
    "hyperband": Hyperband,
}


class _Spec(Frozen):
    """A name with options beside it, read from the shorthand and written back to it."""

    known: ClassVar[Mapping[str, type[Frozen]]]
    what: ClassVar[str]
    name: str

    @classmethod
    def parse(cls, data: Mapping[str, Any] | str | bytes, *, at: str = "") -> Self:
        """Like ``Frozen.parse``; a plain name is enough."""
        if isinstance(data, str) and not data.lstrip().startswith("{"):
            data = {"name": data}
        return super().parse(data, at=at)

    @model_validator(mode="before")
    @classmethod
    def _read_shorthand(cls, data: Any) -> Any:
        if isinstance(data, str):
            data = {"name": data}
        if not isinstance(data, Mapping):
            return data
        flat = dict(data)
        name = flat.pop("name", cls.model_fields["name"].default)
        if not isinstance(name, str) or name not in cls.known:
            raise ConfigError(
                f"no such {cls.what}: {name!r}; {did_you_mean(str(name), cls.known)}", field="name"
            )
        options = flat.pop("options", None)
        if isinstance(options, cls.known[name]) and not flat:
            return {"name": name, "options": options}
        if isinstance(options, Mapping):
            flat = {**options, **flat}
        elif isinstance(options, Frozen):
            raise ConfigError(f"these are not options of {name}.", field="options")
        return {"name": name, "options": cls.known[name].parse(flat)}

    @model_serializer(mode="plain")
    def _write_shorthand(self, info: SerializationInfo) -> dict[str, Any]:
        options: Frozen = self.options  # type: ignore[attr-defined]
        return {"name": self.name, **options.model_dump(mode=info.mode)}


class SamplerSpec(_Spec):
    """Who proposes the configurations.

    Attributes:
        name: tpe, random, grid, qmc, cma-es, nsga2, gp, genetic, pso, de, shade, sa or acor.
        options: Of that sampler.
    """

    known = SAMPLERS
    what = "sampler"
    name: str = "tpe"
    options: SamplerOptions = Field(default_factory=Tpe)


class PrunerSpec(_Spec):
    """Who stops trials that do not pay.

    Attributes:
        name: none, median or hyperband.
        options: Of that pruner.
    """

    known = PRUNERS
    what = "pruner"
    name: str = "median"
    options: PrunerOptions = Field(default_factory=Median)
