"""A sweep as a table: a row per trial, for spreadsheets and for data frames."""

from __future__ import annotations

import csv
import io
import tempfile
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpolab.errors import ConfigError
from hpolab.scoring import METRICS
from hpolab.storage.files import storing, write_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from hpolab.record import TrialRecord
    from hpolab.sweep import Sweep

__all__ = ["export_csv", "export_parquet", "row_of"]

_FORMULA_STARTS = frozenset("=+-@\t\r\n")

_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("trial", "epochs", "n_parameters", "reused_from"), "int"),
    **dict.fromkeys(("score", "accuracy", "test_accuracy", "health", "seconds", "cost"), "float"),
    **dict.fromkeys(METRICS, "float"),
    **dict.fromkeys(("state", "reason"), "str"),
}
"""What the columns hold that every sweep has."""


def export_csv(sweep: Sweep, path: Path | str) -> Path:
    """Write one row per trial, in the order of numbers; replaces the file in one step.

    Columns: trial, state, score, accuracy, test_accuracy, health, the six metrics, every
    hyperparameter as ``param.<name>``, epochs, seconds, cost (when something was paid for),
    n_parameters, reused_from, reason. What does not apply is empty. Text that a spreadsheet would
    run as a formula starts with a quote.

    Returns:
        The path.

    Raises:
        StoreError: The file cannot be written, or the journal is damaged.
    """
    header, rows = _table(sweep)
    text = io.StringIO()
    # All text in quotes: where "\n" ends a line, Python leaves a lone "\r" bare, and a reader of
    # the file would break the row there.
    writer = csv.DictWriter(
        text, header, restval="", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    write_text(Path(path), text.getvalue())
    return Path(path)


def export_parquet(sweep: Sweep, path: Path | str) -> Path:
    """Write the table of ``export_csv`` with types: numbers as numbers, what is missing as null.

    A hyperparameter whose values are of several kinds becomes text. Texts are left as they are.

    Returns:
        The path.

    Raises:
        ConfigError: pyarrow is not installed.
        StoreError: The file cannot be written, or the journal is damaged.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise ConfigError(
            "Parquet files need pyarrow, which is not installed; "
            "pip install 'hpolab[parquet]', or write a CSV file."
        ) from error
    path = Path(path)
    header, rows = _table(sweep)
    columns = {name: _column([row.get(name) for row in rows], _TYPES.get(name)) for name in header}
    names = {"bool": pa.bool_(), "int": pa.int64(), "float": pa.float64(), "str": pa.string()}
    table = pa.table(
        {name: pa.array(values, names[kind]) for name, (values, kind) in columns.items()}
    )
    with storing(path), tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as beside:
        written = Path(beside) / path.name
        parquet.write_table(table, written)
        written.replace(path)
    return path


def _table(sweep: Sweep) -> tuple[list[str], list[dict[str, Any]]]:
    """The names of the columns, and a row for each trial."""
    trials = list(sweep.record.trials.values())
    params = list(dict.fromkeys(name for trial in trials for name in trial.params))
    paid = ("cost",) if any(trial.cost for trial in trials) else ()
    header = [
        *("trial", "state", "score", "accuracy", "test_accuracy", "health", *METRICS),
        *(f"param.{name}" for name in params),
        *("epochs", "seconds", *paid, "n_parameters", "reused_from", "reason"),
    ]
    return header, [row_of(trial) for trial in trials]


def _column(values: list[Any], kind: str | None) -> tuple[list[Any], str]:
    """A hyperparameter's values, and the one type that holds them all."""
    kinds = {type(value).__name__ for value in values if value is not None}
    if kind is None:
        kind = next(iter(kinds)) if len(kinds) == 1 else "str"
        kind = "float" if kinds == {"int", "float"} else kind
    made: Callable[[Any], Any] = {"float": float, "str": str}.get(kind, lambda value: value)
    return [None if value is None else made(value) for value in values], kind


def row_of(trial: TrialRecord) -> dict[str, Any]:
    """Values by column; columns that do not apply are missing or None."""
    row: dict[str, Any] = {
        "trial": trial.number,
        "state": trial.state,
        "epochs": len(trial.epochs),
        **{f"param.{name}": value for name, value in trial.params.items()},
        **({"cost": trial.cost} if trial.cost else {}),
    }
    ended = trial.ended
    if ended is None:
        return row
    return row | {
        "score": ended.score,
        "accuracy": ended.accuracy,
        "test_accuracy": ended.test_accuracy,
        "health": ended.health,
        **ended.metrics,
        "epochs": ended.epochs,
        "seconds": ended.seconds,
        "n_parameters": ended.n_parameters,
        "reused_from": ended.reused_from,
        "reason": ended.reason,
    }


def _cell(value: Any) -> Any:
    """Text made harmless: spreadsheets run what starts like a formula.

    See OWASP, "CSV Injection". Numbers stay numbers, negative ones too.
    """
    if not isinstance(value, str):
        return value
    first = unicodedata.normalize("NFKC", value[:1])  # a full-width sign counts like the plain one
    return f"'{value}" if first in _FORMULA_STARTS else value
