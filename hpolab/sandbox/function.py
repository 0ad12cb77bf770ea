"""A function of the user's own: its source, and the few facts a search needs beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
import yaml
from pydantic import Field, model_validator

from hpolab.errors import ConfigError
from hpolab.frozen import Frozen
from hpolab.sandbox.limits import Limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["EXAMPLE", "MAX_SOURCE_BYTES", "OwnFunction"]

EXAMPLE = Path(__file__).with_name("example") / "fitness.yaml"
"""Of a function of one's own, to be read and changed; ``fitness.py`` is beside it."""

MAX_SOURCE_BYTES = 64 * 1024
"""Of the source of a function; what is longer is no function that somebody wrote."""


class OwnFunction(Frozen):
    """A function ``fitness(x)`` in Python, and where to search for its best value.

    Attributes:
        name: How tables and figures call it.
        source: Python source that defines ``fitness``; it may import math and numpy.
        dimensions: How many numbers ``x`` has.
        low, high: Bounds of every dimension: one number for all, or one for each.
        direction: Whether small or large values are good.
        vectorised: Whether ``fitness`` takes a whole batch, shape (n, dimensions), and gives n
            values; otherwise it takes one point, shape (dimensions,), and gives a number.
        target: A search that gets there has succeeded; None when there is no such value.
        optimum: The best value that there is, where it is known.
        limits: What the function may use.
    """

    name: str = Field(default="own function", min_length=1, max_length=60)
    source: str
    dimensions: int = Field(default=2, ge=1, le=1000)
    low: float | tuple[float, ...] = -5.0
    high: float | tuple[float, ...] = 5.0
    direction: Literal["minimize", "maximize"] = "minimize"
    vectorised: bool = False
    target: float | None = None
    optimum: float | None = None
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(self.source.encode(errors="replace")) > MAX_SOURCE_BYTES:
            raise ConfigError(
                f"a function has at most {MAX_SOURCE_BYTES // 1024} kB of source; shorten it.",
                field="source",
            )
        for field in ("low", "high"):
            bound = getattr(self, field)
            if isinstance(bound, tuple) and len(bound) != self.dimensions:
                raise ConfigError(
                    f"one number for all dimensions or one for each of the {self.dimensions}; "
                    f"got {len(bound)}.",
                    field=field,
                )
        if not np.all(self.lows < self.highs):
            index = int(np.argmin(self.lows < self.highs))
            raise ConfigError(
                f"low < high must hold, but dimension {index + 1} goes from "
                f"{self.lows[index]:g} to {self.highs[index]:g}.",
                field="low",
            )
        return self

    @property
    def lows(self) -> NDArray[np.float64]:
        """Lower bounds, shape (dimensions,)."""
        return np.broadcast_to(np.array(self.low, dtype=np.float64), self.dimensions).copy()

    @property
    def highs(self) -> NDArray[np.float64]:
        """Upper bounds, shape (dimensions,)."""
        return np.broadcast_to(np.array(self.high, dtype=np.float64), self.dimensions).copy()

    @classmethod
    def read(cls, path: Path | str) -> Self:
        """From a YAML file of these attributes, with ``file: fitness.py`` in place of ``source``.

        Args:
            path: The YAML file. The Python file is looked for beside it, and is called
                ``fitness.py`` when the YAML does not say.

        Raises:
            ConfigError: A file cannot be read, or a field breaks its rule; names the field.
        """
        path = Path(path)
        try:
            data = yaml.safe_load(_text(path))
        except yaml.YAMLError as error:
            raise ConfigError(f"{path} is not YAML: {error}") from error
        if not isinstance(data, dict):
            raise ConfigError(f"{path} must hold names and values, such as dimensions: 5.")
        if "source" not in data:
            data["source"] = _text(path.parent / str(data.pop("file", "fitness.py")))
        return cls.parse({"name": path.stem, **data})


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(2 * MAX_SOURCE_BYTES)  # a device file would never end
        return data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}") from error
