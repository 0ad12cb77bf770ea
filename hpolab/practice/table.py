"""The tables as files: gzip of JSON lines, in hpolab/practice/tables.

The first line says what the table is; every other line is one training, a Line: its seed, the
place of its configuration in ``PracticeSpace.configurations`` and its RunResult as the training
gave it, history, evidence and all, with numbers to six digits. Nothing is pickled.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hpolab.errors import DataError
from hpolab.frozen import Frozen
from hpolab.parameters import Params, Value
from hpolab.practice.spaces import PracticeSpace, practice_space
from hpolab.rounding import rounded
from hpolab.trial import RunResult

__all__ = ["Header", "Line", "Table", "read_table", "write_table"]

FORMAT = 1
"""Of the files; a reader refuses another one."""

_FOLDER = Path(__file__).parent / "tables"
_DIGITS = 6


class Header(Frozen):
    """What a table says of itself.

    Attributes:
        format: Version of the file's lines.
        space: Name of the practice space.
        seeds: How many seeds were trained, from 0.
        values: The trained values of what varies, as the space had them.
        fingerprint: Of the data.
        versions: Of what trained.
    """

    format: int = FORMAT
    space: str
    seeds: int
    values: dict[str, tuple[Value, ...]]
    fingerprint: str
    versions: dict[str, str]


class Line(Frozen):
    """One training.

    Attributes:
        seed: It was trained with.
        place: Of its configuration in the space, from 0.
        result: What it gave.
    """

    seed: int
    place: int
    result: RunResult


class Table:
    """All trainings of a practice space, read from its file once and parsed when asked for.

    Attributes:
        space: The practice space.
        header: What the file says of itself.
    """

    def __init__(self, space: PracticeSpace, header: Header, rows: Mapping[tuple[int, int], Any]):
        self.space = space
        self.header = header
        self._rows = rows
        self._places = {
            tuple(params[name] for name in space.values): place
            for place, params in enumerate(space.configurations())
        }

    def result(self, params: Mapping[str, Value], *, seed: int) -> RunResult:
        """What training the nearest tabulated configuration gave.

        Args:
            params: A configuration of the space.
            seed: Any; the table has few, so that it is taken modulo their number.
        """
        return RunResult.parse(self._rows[seed % self.header.seeds, self.place(params)])

    def place(self, params: Mapping[str, Value]) -> int:
        """The place of the nearest tabulated configuration in the space."""
        nearest: Params = self.space.nearest(params)
        return self._places[tuple(nearest.values())]


@cache
def read_table(name: str) -> Table:
    """The table of a practice space that ships with the package.

    Raises:
        ConfigError: There is no such space.
        DataError: The file is missing, damaged, or of another version of the space.
    """
    space = practice_space(name)
    path = _path(space)
    try:
        lines = gzip.decompress(path.read_bytes()).decode().splitlines()
        header = Header.parse(lines[0])
        rows = {(row["seed"], row["place"]): row["result"] for row in map(json.loads, lines[1:])}
    except (OSError, EOFError, ValueError, LookupError) as error:
        raise DataError(
            f"the table {path.name} cannot be read ({error}); install again."
        ) from error
    if (header.format, header.values) != (FORMAT, dict(space.values)) or len(rows) != (
        header.seeds * space.size
    ):
        raise DataError(f"the table {path.name} is not of this version; train it: make practice")
    return Table(space, header, rows)


def write_table(space: PracticeSpace, lines: Iterable[Line], *, fingerprint: str) -> Path:
    """Pack trainings into the file of their space; returns its path.

    Args:
        space: What was trained.
        lines: Its trainings, every configuration with each seed from 0.
        fingerprint: Of the data.
    """
    rows = [line.to_dict() for line in lines]
    header = Header(
        space=space.name,
        seeds=len({row["seed"] for row in rows}),
        values=dict(space.values),
        fingerprint=fingerprint,
        versions={name: version(name) for name in ("hpolab", "keras", "tensorflow")},
    )
    lines = (rounded(row, digits=_DIGITS) for row in (header.to_dict(), *rows))
    texts = [json.dumps(line, separators=(",", ":")) for line in lines]
    path = _path(space)
    path.parent.mkdir(exist_ok=True)
    # without a time, so that equal trainings are equal files
    path.write_bytes(gzip.compress("\n".join(texts).encode(), 9, mtime=0))
    return path


def _path(space: PracticeSpace) -> Path:
    return _FOLDER / f"{space.name}.jsonl.gz"
