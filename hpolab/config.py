"""What a sweep is asked to do: one frozen record, the same in Python, YAML and JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from hpolab.budget import Budget
from hpolab.errors import ConfigError, SpaceError
from hpolab.executors import ExecutorSpec
from hpolab.frozen import Frozen
from hpolab.health.limits import Limits
from hpolab.scoring import ScoringWeights
from hpolab.search.options import PrunerSpec, SamplerSpec
from hpolab.space import SearchSpace
from hpolab.storage.plain_yaml import read_yaml
from hpolab.trial import DatasetSpec, Precision, refuse_impossible

__all__ = ["SweepConfig", "without_place"]

_DEPTH_OF_A_SPACE = 4
"""The deepest is a value in the list of a condition: space, parameter, only_if, parent, list."""

_LONGEST_NAME = 200
"""Bytes: file systems take 255, and some files bear the name of the sweep and more."""


class SweepConfig(Frozen):
    """A named search. Every field has a default: ``SweepConfig()`` searches CNNs on digits.

    Attributes:
        name: Of the sweep and its folder; "" takes the data set's name and the time.
        dataset: Which data; a plain name is enough.
        model: "cnn", "lstm", a builder of your own as "module:function", or "" to choose by data.
        space: Edits of the model's own space, or the whole space of a builder of your own.
        mode: "simple" scores accuracy alone; "health-aware" scores accuracy and health.
        weights: What counts how much in health-aware mode.
        epochs: How many epochs a trial trains at most.
        budget: When the sweep ends; a plain number means trials.
        limits: What ends a sick trial early, whatever it scores; None for the mode's own: the
            defaults of Limits in health-aware mode, nothing in simple mode. "none" lifts them.
        sampler, pruner, executor: By name, with options beside the name.
        precision: What networks compute in: "float32"; "bfloat16" or "float16", for GPUs that
            gain from it; or "auto", the best of them on such a GPU and float32 elsewhere.
        seed: Of the search and of every trial's training.
        record: Keep what diagnostics are drawn from for "all" trials, the "best", or "none".
        max_failures: The sweep stops after this many failed trials in a row.
        follows: The folder of an ended sweep whose trials this one begins with, number and all,
            scored under its own weights; none is trained again, and they count in the budget. What
            they are trained on and sampled from must be the same.
    """

    name: str = Field(default="", max_length=100, pattern=r"^[\w][\w .+-]*$|^$")
    dataset: DatasetSpec = Field(default_factory=DatasetSpec)
    model: str = ""
    space: dict[str, Any] = Field(default_factory=dict)
    mode: Literal["simple", "health-aware"] = "health-aware"
    weights: ScoringWeights = Field(default_factory=ScoringWeights)
    epochs: int = Field(default=10, ge=1, le=10_000)
    budget: Budget = Field(default_factory=Budget)
    limits: Limits | None = None
    sampler: SamplerSpec = Field(default_factory=SamplerSpec)
    pruner: PrunerSpec = Field(default_factory=PrunerSpec)
    executor: ExecutorSpec = Field(default_factory=ExecutorSpec)
    precision: Precision = "float32"
    seed: int = Field(default=0, ge=0, lt=2**31)
    record: Literal["all", "best", "none"] = "best"
    max_failures: int = Field(default=5, ge=1)
    follows: Path | None = None

    @field_validator("name")
    @classmethod
    def _can_be_a_folder(cls, name: str) -> str:
        if len(name.encode()) > _LONGEST_NAME:
            raise ConfigError(f"a name has at most {_LONGEST_NAME} bytes in UTF-8; shorten it.")
        return name

    @field_validator("follows")
    @classmethod
    def _can_be_a_path(cls, follows: Path | None) -> Path | None:
        if follows is not None:
            refuse_impossible(follows)
        return follows

    @field_validator("dataset", mode="before")
    @classmethod
    def _name_is_enough(cls, data: Any) -> Any:
        return {"name": data} if isinstance(data, str) else data

    @field_validator("space", mode="before")
    @classmethod
    def _as_yaml_would_hold_it(cls, data: Any) -> Any:
        return _plain(data.to_dict() if isinstance(data, SearchSpace) else data)

    @field_validator("budget", mode="before")
    @classmethod
    def _number_means_trials(cls, data: Any) -> Any:
        return {"trials": data} if type(data) is int else data

    @field_validator("limits", mode="before")
    @classmethod
    def _none_lifts_the_limits(cls, data: Any) -> Any:
        return Limits.none() if data == "none" else data

    @model_validator(mode="after")
    def _simple_mode_locks_the_weights(self) -> Self:
        if self.mode == "simple" and self.weights != ScoringWeights():
            raise ConfigError(
                'weights do not count in simple mode; remove them, or set mode to "health-aware".',
                field="weights",
            )
        return self

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read a YAML file; relative paths in it start from the file's own folder.

        Raises:
            ConfigError: The file cannot be read, or a setting breaks its rule; names the setting.
        """
        path = Path(path)
        return cls.parse(read_yaml(path)).located(path.parent)

    @classmethod
    def stored(cls, data: Mapping[str, Any], *, place: Path | str) -> Self:
        """The config of a sweep that has been made, when it was in order.

        Raises:
            ConfigError: It is not now: it was edited, or written by a newer hpolab.
        """
        try:
            return cls.parse(data)
        except ConfigError as error:
            raise ConfigError(
                f"{error.rule} This is in {place}: it was edited, or a newer hpolab wrote it; "
                "undo the edit, or install the newer hpolab.",
                field=error.field,
            ) from error

    def located(self, folder: Path) -> Self:
        """The same config with its relative paths made absolute, starting from a folder."""
        places = {
            field: (folder / place).resolve()
            for field in ("path", "directory")
            if (place := getattr(self.dataset, field)) is not None
        }
        changes: dict[str, Any] = {"dataset": self.dataset.replace(**places)} if places else {}
        if self.follows is not None:
            changes["follows"] = (folder / self.follows).resolve()
        return self.replace(**changes) if changes else self

    @property
    def scoring(self) -> ScoringWeights:
        """The weights that count: those given, or accuracy alone in simple mode."""
        return ScoringWeights.simple() if self.mode == "simple" else self.weights

    @property
    def hard_limits(self) -> Limits:
        """The limits that hold: those given, or the mode's own."""
        return self.limits or (Limits.none() if self.mode == "simple" else Limits())

    def computing(self) -> dict[str, Any]:
        """What each run is told of devices and numbers: fields of its RunSpec."""
        executor = self.executor
        return {
            "precision": self.precision, "gpus": executor.gpus, "gpu_share": executor.gpu_share,
        }  # fmt: skip

    def builder(self) -> str:
        """The model's name, chosen by the kind of the data when the config leaves it open."""
        if self.model:
            return self.model
        from hpolab.data import kind_of
        from hpolab.models import family_for

        return family_for(kind_of(self.dataset)).name

    def search_space(self) -> SearchSpace:
        """What is searched: the model's own space with this config's edits.

        Raises:
            SpaceError: An edit breaks a rule, or a builder of your own comes without a space.
        """
        from hpolab.models import FAMILIES

        family = FAMILIES.get(self.builder())
        try:
            if family is not None:
                return family.space.edited(self.space)
            if not self.space:
                raise SpaceError("a builder of your own needs a space; name what may vary.")
            return SearchSpace.parse(self.space)
        except SpaceError as error:
            raise error.below("space") from error


def _plain(data: Any, *, field: str = "", depth: int = 0) -> Any:
    """The lists, mappings, texts and finite numbers that a space is written in."""
    if isinstance(data, Frozen):
        data = data.to_dict()
    if depth <= _DEPTH_OF_A_SPACE:
        if data is None or isinstance(data, bool | int):
            return data
        if isinstance(data, str) and _is_text(data):
            return data
        if isinstance(data, float) and math.isfinite(data):
            return data
        if isinstance(data, list | tuple):
            return [_plain(value, field=field, depth=depth + 1) for value in data]
        if isinstance(data, Mapping) and all(isinstance(name, str) for name in data):
            return {
                name: _plain(value, field=f"{field}.{name}".strip("."), depth=depth + 1)
                for name, value in data.items()
            }
    raise SpaceError(
        "write a value, a list of options, or low and high, in texts and finite numbers; got "
        f"{data!r:.80}.",
        field=field,
    )


def _is_text(data: str) -> bool:
    """Whether it can be written to a file: YAML's escapes can name halves of characters."""
    try:
        data.encode()
    except UnicodeEncodeError:
        return False
    return True


def without_place(config: SweepConfig) -> Mapping[str, Any]:
    """What a sweep computes, without its name and where it runs: equal for equal searches."""
    data = config.to_dict()
    return {key: value for key, value in data.items() if key not in {"name", "executor"}}
