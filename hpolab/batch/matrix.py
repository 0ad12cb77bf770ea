"""Many sweeps in one YAML file: what they share, and lists of what tells them apart.

::

    name: night                      # of the matrix; its file's name when left out
    base:                            # any settings of SweepConfig
      epochs: 8
      budget: 40
      executor: {name: process, workers: 1}
    matrix:                          # every combination is a cell; dotted names reach inside
      dataset: [digits, {name: mnist, max_samples: 5000}]
      sampler: [tpe, random]
      weights.accuracy: [0.5, 0.9]
    exclude:                         # cells that have all of these values
      - {dataset: digits, sampler: random}
    include:                         # further cells
      - {dataset: digits, sampler: gp}
    parallel: 2                      # cells at once
"""

from __future__ import annotations

import copy
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import Field, field_validator

from hpolab.batch.naming import joined, labels
from hpolab.config import SweepConfig
from hpolab.errors import ConfigError, did_you_mean
from hpolab.frozen import Frozen
from hpolab.storage.plain_yaml import read_yaml

__all__ = ["Cell", "Matrix", "together"]

_SHORT_FOR = {
    "dataset": "name",
    "sampler": "name",
    "pruner": "name",
    "executor": "name",
    "budget": "trials",
}
"""A plain value of these settings means this one of the mapping that they are."""

_NAME = r"^[\w][\w.+-]*$|^$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One sweep of a matrix.

    Attributes:
        name: Within the matrix, and of the cell's files.
        settings: What tells it from the others, by name.
        config: All that it is asked; its sweep is called MATRIX-CELL.
    """

    name: str
    settings: Mapping[str, Any]
    config: SweepConfig


class Matrix(Frozen):
    """What a matrix file says; nothing in it is checked beyond its form until ``cells``.

    Attributes:
        name: In front of every sweep's name.
        base: What all cells share.
        matrix: The values of each setting that varies.
        exclude: A cell that has all values of one of these is left out.
        include: Cells beside the combinations.
        parallel: How many run at once; None for as many as have cores.
    """

    name: str = Field(default="", max_length=40, pattern=_NAME)
    base: dict[str, Any] = Field(default_factory=dict)
    matrix: dict[str, list[Any]] = Field(default_factory=dict)
    exclude: tuple[dict[str, Any], ...] = ()
    include: tuple[dict[str, Any], ...] = ()
    parallel: int | None = Field(default=None, ge=1)

    @field_validator("matrix", mode="before")
    @classmethod
    def _values_are_lists(cls, matrix: Any) -> Any:
        for key, values in matrix.items() if isinstance(matrix, Mapping) else ():
            if not isinstance(values, list) or not values:
                raise ConfigError(
                    f"write a list of values, [a, b, ...], but got {values!r:.60}; what does not "
                    "vary belongs to base.",
                    field=str(key),
                )
        return matrix

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file; a matrix without a name has the file's.

        Raises:
            ConfigError: The file cannot be read, or has another form; names the key.
        """
        data = read_yaml(path)
        name = data.get("name") or labels("matrix", [path.stem])[0]
        return cls.parse({**data, "name": name})

    def cells(self, folder: Path) -> list[Cell]:
        """Every sweep that is asked for, in the order of the lists.

        Args:
            folder: Where relative paths of data start.

        Raises:
            ConfigError: Some cells cannot be; says all that is wrong at once.
        """
        self._check_exclusions()
        named = list(self._combinations()) + list(self._included())
        if not named:
            raise ConfigError("no cell is left; name values in matrix, or cells in include.")
        for name, times in Counter(name for name, _ in named).items():
            if times > 1:
                raise ConfigError(f"the cell {name} is there {times} times; keep one.")
        troubles: list[tuple[str, ConfigError]] = []
        cells = []
        for name, settings in named:
            try:
                config = self._config(name, settings).located(folder)
                cells.append(Cell(name=name, settings=settings, config=config))
            except ConfigError as error:
                troubles.append((name, error))
        if troubles:
            hidden = self._hidden(troubles, used=[settings for _, settings in named])
            raise together([*troubles, *hidden], among=len(named))
        return cells

    def _hidden(
        self, known: list[tuple[str, ConfigError]], *, used: list[dict[str, Any]]
    ) -> Iterator[tuple[str, ConfigError]]:
        """Values that are wrong by themselves, where a cell's first trouble hides the others."""
        told = {str(error) for _, error in known}
        for key, values in self.matrix.items():
            for value, label in zip(values, labels(key, values), strict=True):
                if not any(_has(settings, {key: value}) for settings in used):
                    continue
                try:
                    self._config(label, {key: value})
                except ConfigError as error:
                    is_its_own = error.field.partition(".")[0] == key.partition(".")[0]
                    if is_its_own and str(error) not in told:
                        yield label, error

    def _combinations(self) -> Iterator[tuple[str, dict[str, Any]]]:
        axes = [
            [(key, value, label) for value, label in zip(values, labels(key, values), strict=True)]
            for key, values in self.matrix.items()
        ]
        for chosen in itertools.product(*axes) if axes else ():
            settings = {key: value for key, value, _ in chosen}
            if not any(_has(settings, each) for each in self.exclude):
                yield joined([label for *_, label in chosen]), settings

    def _included(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for place, settings in enumerate(self.include):
            if not settings:
                raise ConfigError("name what tells this cell apart.", field=f"include.{place}")
            yield joined([labels(key, [settings[key]])[0] for key in settings]), settings

    def _config(self, cell: str, settings: Mapping[str, Any]) -> SweepConfig:
        asked = copy.deepcopy(self.base)
        for key in ("name", "matrix"):
            if key in asked or key in settings:
                rule = "cells have names of their own, made from their values; leave it out."
                raise ConfigError(rule, field=key)
        for key in sorted(settings, key=lambda key: key.count(".")):  # the whole before its parts
            _set(asked, key, copy.deepcopy(settings[key]))
        return SweepConfig.parse({**asked, "name": f"{self.name}-{cell}"})

    def _check_exclusions(self) -> None:
        for place, given in enumerate(self.exclude):
            where = f"exclude.{place}"
            for key, value in given.items():
                if key not in self.matrix:
                    raise ConfigError(
                        f"{key} does not vary; {did_you_mean(key, self.matrix)}", field=where
                    )
                if value not in self.matrix[key]:
                    raise ConfigError(
                        f"{value!r:.60} is none of the values of {key}; write it as it is there.",
                        field=where,
                    )
            if not given:
                raise ConfigError("this would exclude every cell; remove it.", field=where)


def together(troubles: list[tuple[str, ConfigError]], *, among: int) -> ConfigError:
    """One error that says what is wrong with which cells, the same trouble once.

    Args:
        troubles: Cells and what is wrong with them, at least one.
        among: How many cells there are.
    """
    cells: dict[str, list[str]] = {}
    for name, error in troubles:
        cells.setdefault(str(error), []).append(name)
    lines = [f"some of the {among} cells cannot be run, so none was started:"]
    for text, names in cells.items():
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        lines.append(f"  {text}  [{shown}]")
    return ConfigError("\n".join(lines))


def _has(settings: Mapping[str, Any], some: Mapping[str, Any]) -> bool:
    return all(key in settings and settings[key] == value for key, value in some.items())


def _set(data: dict[str, Any], key: str, value: Any) -> None:
    """Set a dotted key; what is written short on the way there is written out."""
    first, *rest = key.split(".")
    if not rest:
        data[first] = value
        return
    inner = data.get(first)
    if first in _SHORT_FOR and isinstance(inner, str | int):
        inner = {_SHORT_FOR[first]: inner}
    if inner is None:
        inner = {}
    if not isinstance(inner, dict):
        raise ConfigError(f"nothing can be set inside of {inner!r:.60}.", field=key)
    data[first] = inner
    _set_inside(inner, rest, value, key=key)


def _set_inside(data: dict[str, Any], path: list[str], value: Any, *, key: str) -> None:
    for part in path[:-1]:
        inner = data.setdefault(part, {})
        if not isinstance(inner, dict):
            raise ConfigError(f"nothing can be set inside of {inner!r:.60}.", field=key)
        data = inner
    data[path[-1]] = value
