"""A sweep's config as a flat list of plain values: what papermill can set."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field

from hpolab.batch.in_a_line import in_a_line
from hpolab.config import SweepConfig, without_place
from hpolab.errors import ConfigError, did_you_mean
from hpolab.frozen import Frozen
from hpolab.scoring import METRICS, ScoringWeights

if TYPE_CHECKING:
    from hpolab.sweep import Sweep

__all__ = ["Parameters"]

_USUAL = ScoringWeights()
_NOT_OURS = {"In", "Out"}  # IPython's own


class Parameters(Frozen):
    """SweepConfig, flat: the same defaults, and one name for each value.

    ``sampler``, ``pruner`` and ``executor`` take a name, or a mapping with options beside "name".

    Attributes:
        name: Of the sweep; "" makes one from what is asked, the same for the same request.
        data_path, data_dir, max_samples, validation, test, data_seed: Which data, and how they
            are divided.
        weight_accuracy: Of accuracy against health, in [0, 1]. The other weights are the
            proportions of the health metrics.
        trials, seconds, total_epochs: The budget; None for no limit.
        workers: How many trials train at once; None for the machine's setting.
    """

    name: str = ""
    dataset: str = "digits"
    data_path: Path | None = None
    data_dir: Path | None = None
    max_samples: int | None = None
    validation: float = 0.15
    test: float = 0.15
    data_seed: int = 0
    model: str = ""
    space: dict[str, Any] = Field(default_factory=dict)
    mode: str = "health-aware"
    weight_accuracy: float = _USUAL.accuracy
    weight_neuron_utilisation: float = _USUAL.proportions["neuron_utilisation"]
    weight_parameter_efficiency: float = _USUAL.proportions["parameter_efficiency"]
    weight_training_stability: float = _USUAL.proportions["training_stability"]
    weight_gradient_health: float = _USUAL.proportions["gradient_health"]
    weight_convergence_quality: float = _USUAL.proportions["convergence_quality"]
    weight_accuracy_consistency: float = _USUAL.proportions["accuracy_consistency"]
    epochs: int = 10
    trials: int | None = 20
    seconds: float | None = None
    total_epochs: int | None = None
    limits: dict[str, Any] | str | None = None
    sampler: dict[str, Any] | str = "tpe"
    pruner: dict[str, Any] | str = "median"
    executor: dict[str, Any] | str = "process"
    workers: int | None = None
    precision: str = "float32"
    seed: int = 0
    record: str = "best"
    max_failures: int = 5
    follows: Path | None = None

    @classmethod
    def of(cls, config: SweepConfig) -> Self:
        """The parameters that ask for what a config asks: ``config()`` gives an equal one."""
        asked = config.to_dict()
        data, weights, budget = asked["dataset"], asked["weights"], asked["budget"]
        same = {name: asked[name] for name in cls.model_fields if name in asked}
        return cls.parse(
            {
                **same,
                "dataset": data["name"],
                "data_path": data["path"],
                "data_dir": data["directory"],
                "max_samples": data["max_samples"],
                "validation": data["validation"],
                "test": data["test"],
                "data_seed": data["seed"],
                "weight_accuracy": weights["accuracy"],
                **{f"weight_{name}": weights["proportions"][name] for name in METRICS},
                "trials": budget["trials"],
                "seconds": budget["seconds"],
                "total_epochs": budget["epochs"],
            }
        )

    @classmethod
    @in_a_line()
    def among(cls, variables: Mapping[str, Any]) -> Self:
        """The parameters among a notebook's variables: ``Parameters.among(globals())``.

        Raises:
            ConfigError: A value breaks its rule, or a plain value has a name that is none of
                ours: papermill sets whatever it is told to.
        """
        for name, value in variables.items():
            is_plain = value is None or isinstance(value, bool | int | float | str | list | dict)
            is_private = name.startswith("_") or name in _NOT_OURS
            if is_plain and not is_private and name not in cls.model_fields:
                known = did_you_mean(name, cls.model_fields)
                raise ConfigError(f"no such parameter; {known}", field=name)
        return cls.parse({name: variables[name] for name in cls.model_fields if name in variables})

    def config(self) -> SweepConfig:
        """What the sweep is asked to do; relative paths start from the working directory.

        Raises:
            ConfigError: A setting breaks a rule; names it as SweepConfig does.
        """
        config = SweepConfig.parse(
            {
                "name": self.name,
                "dataset": self._dataset(),
                "weights": self._weights(),
                "budget": {
                    "trials": self.trials,
                    "seconds": self.seconds,
                    "epochs": self.total_epochs,
                },
                "executor": self._executor(),
                **{
                    name: getattr(self, name)
                    for name in SweepConfig.model_fields
                    if name not in {"name", "dataset", "weights", "budget", "executor"}
                },
            }
        ).located(Path.cwd())
        return config if config.name else config.replace(name=_name_for(config))

    @in_a_line()
    def sweep(self) -> Sweep:
        """The sweep, checked before anything is trained: new, or to be continued.

        Raises:
            ConfigError: What is asked cannot work, or its folder holds something else.
            DataError: The data cannot be read, or cannot be used as asked.
        """
        from hpolab.sweep import Sweep

        sweep = Sweep(self.config())
        sweep.check()
        return sweep

    def _dataset(self) -> dict[str, Any]:
        return {
            "name": self.dataset,
            "path": self.data_path,
            "directory": self.data_dir,
            "max_samples": self.max_samples,
            "validation": self.validation,
            "test": self.test,
            "seed": self.data_seed,
        }

    def _weights(self) -> dict[str, Any]:
        proportions = {name: getattr(self, f"weight_{name}") for name in METRICS}
        return {"accuracy": self.weight_accuracy, "proportions": proportions}

    def _executor(self) -> dict[str, Any]:
        options = {"name": self.executor} if isinstance(self.executor, str) else self.executor
        return options if self.workers is None else {**options, "workers": self.workers}


def _name_for(config: SweepConfig) -> str:
    """The same for the same request, so that a second run continues the first."""
    asked = json.dumps(dict(without_place(config)), sort_keys=True)
    return f"{config.dataset.name}-{hashlib.sha256(asked.encode()).hexdigest()[:8]}"
