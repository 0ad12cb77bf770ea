"""What the command line changes in a config."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from hpolab.errors import ConfigError
from hpolab.scoring import ScoringWeights
from hpolab.search.options import PrunerSpec, SamplerSpec

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.config import SweepConfig
    from hpolab.executors import ExecutorSpec
    from hpolab.trial import DatasetSpec

__all__ = ["Overrides"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """Options that were given; None for those that were not. Names are the command line's."""

    name: str | None = None
    dataset: str | None = None
    data_dir: Path | None = None
    data_path: Path | None = None
    trials: int | None = None
    seconds: float | None = None
    epochs: int | None = None
    money: float | None = None
    workers: int | None = None
    executor: str | None = None
    endpoint: str | None = None
    gpus_per_worker: int | None = None
    precision: str | None = None
    seed: int | None = None
    mode: str | None = None
    sampler: str | None = None
    pruner: str | None = None
    max_samples: int | None = None

    def given(self) -> tuple[str, ...]:
        """Names of the options that were given."""
        return tuple(each.name for each in fields(self) if getattr(self, each.name) is not None)

    def only(self, *allowed: str, why: str) -> None:
        """Refuse all options but these.

        Raises:
            ConfigError: Another one was given; names it.
        """
        for name in self.given():
            if name not in allowed:
                raise ConfigError(f"--{name.replace('_', '-')} {why}")

    def applied(self, config: SweepConfig) -> SweepConfig:
        """The config with these changes.

        Raises:
            ConfigError: A value breaks its rule.
        """
        changes: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("name", "epochs", "precision", "seed")
            if getattr(self, name) is not None
        }
        changes["dataset"] = self._dataset(config.dataset)
        limits = {name: getattr(self, name) for name in ("trials", "seconds", "money")}
        limits = {name: limit for name, limit in limits.items() if limit is not None}
        changes["budget"] = config.budget.replace(**limits)
        changes["executor"] = self.executor_of(config.executor)
        if self.mode is not None and self.mode != config.mode:
            # Going from one mode to the other restores the default weights.
            changes |= {"mode": self.mode, "weights": ScoringWeights()}
        if self.sampler is not None and self.sampler != config.sampler.name:
            changes["sampler"] = SamplerSpec.parse(self.sampler, at="sampler")
        if self.pruner is not None and self.pruner != config.pruner.name:
            changes["pruner"] = PrunerSpec.parse(self.pruner, at="pruner")
        return config.replace(**changes)

    def executor_of(self, spec: ExecutorSpec) -> ExecutorSpec:
        """The executor with what was given about it.

        Raises:
            ConfigError: A value breaks its rule.
        """
        numbers = {name: getattr(self, name) for name in ("workers", "gpus_per_worker")}
        changes: dict[str, Any] = {n: value for n, value in numbers.items() if value is not None}
        if self.executor is not None and self.executor != spec.name:
            changes |= {"name": self.executor, "dask": None, "runpod": None}
        if self.endpoint is not None:
            there = spec.runpod.to_dict() if spec.runpod else {}
            changes |= {"name": "runpod", "runpod": there | {"endpoint": self.endpoint}}
        return spec.replace(**changes) if changes else spec

    def _dataset(self, spec: DatasetSpec) -> DatasetSpec:
        changes: dict[str, Any] = {}
        if self.dataset is not None and self.dataset != spec.name:
            changes |= {"name": self.dataset, "path": None}
        if self.data_dir is not None:
            changes["directory"] = self.data_dir.resolve()
        if self.data_path is not None:
            changes["path"] = self.data_path.resolve()
        if self.max_samples is not None:
            changes["max_samples"] = self.max_samples
        return spec.replace(**changes) if changes else spec
