"""A sweep for other programs: a table, an archive, an Optuna storage."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpolab.errors import StoreError
from hpolab.events import Entry
from hpolab.record import SweepRecord
from hpolab.scoring import METRICS
from hpolab.storage.archive import pack
from hpolab.storage.files import write_text
from hpolab.storage.folder import SweepFolder

if TYPE_CHECKING:
    from hpolab.record import TrialRecord
    from hpolab.search import ExportedTrial
    from hpolab.sweep import Sweep

__all__ = ["export_csv", "export_optuna", "export_zip"]

_FORMULA_STARTS = frozenset("=+-@\t\r\n")
_LOG_FILES = ("journal.jsonl", "commands.jsonl")
_CONFIRM_FILES = {"confirm.json", "result.json", "log.txt"}
_TRIES = 10


def export_csv(sweep: Sweep, path: Path | str) -> Path:
    """Write one row per trial, in the order of numbers; replaces the file in one step.

    Columns: trial, state, score, accuracy, test_accuracy, health, the six metrics, every
    hyperparameter as ``param.<name>``, epochs, seconds, n_parameters, reused_from, reason. What
    does not apply is empty. Text that a spreadsheet would run as a formula starts with a quote.

    Returns:
        The path.

    Raises:
        StoreError: The file cannot be written, or the journal is damaged.
    """
    trials = list(sweep.record.trials.values())
    params = list(dict.fromkeys(name for trial in trials for name in trial.params))
    rows = [_row(trial) for trial in trials]
    header = [
        *("trial", "state", "score", "accuracy", "test_accuracy", "health", *METRICS),
        *(f"param.{name}" for name in params),
        *("epochs", "seconds", "n_parameters", "reused_from", "reason"),
    ]
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


def export_zip(sweep: Sweep, path: Path | str) -> Path:
    """Write the sweep folder as one ZIP that ``unpack`` and ``Sweep.follow`` open again.

    Works while the sweep runs: the archive is as of the journal's last whole line at this
    moment, and trials that have not ended then are in it by name alone. Locks and temporary
    files are left out.

    Returns:
        The path.

    Raises:
        StoreError: The file cannot be written, or the journal is damaged.
    """
    path, folder = Path(path), SweepFolder(sweep.path.resolve())
    logs = {name: whole for name in _LOG_FILES if (whole := _whole_lines(folder.path / name))}
    settled = {folder.trial(number).name for number in _settled(sweep, logs)}
    with tempfile.TemporaryDirectory() as temporary:
        best = _copy_of_best(folder, Path(temporary))
        files: dict[str, Path | bytes] = {
            name.as_posix(): folder.path / name
            for name in _names_in(folder.path)
            if _is_wanted(name, settled) and folder.path / name != path.resolve()
        }
        files |= {f"best/{name.as_posix()}": best / name for name in _names_in(best)}
        files |= logs
        pack(path, {f"{folder.name}/{name}": file for name, file in files.items()})
    return path


def export_optuna(sweep: Sweep, path: Path | str) -> Path:
    """Write an Optuna storage (SQLite); ``optuna-dashboard sqlite:///PATH`` opens it.

    Trials that wait for a worker are left out.

    Returns:
        The path.

    Raises:
        StoreError: The file cannot be written, or the journal is damaged.
    """
    from hpolab import search

    trials = [
        told for trial in sweep.record.trials.values() if (told := _exported(trial)) is not None
    ]
    search.export_optuna(sweep.config.search_space(), trials, Path(path), name=sweep.folder.name)
    return Path(path)


def _row(trial: TrialRecord) -> dict[str, Any]:
    """Values by column; columns that do not apply are missing or None."""
    row: dict[str, Any] = {
        "trial": trial.number,
        "state": trial.state,
        "epochs": len(trial.epochs),
        **{f"param.{name}": value for name, value in trial.params.items()},
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


def _exported(trial: TrialRecord) -> ExportedTrial | None:
    from hpolab.search import ExportedTrial

    started = trial.started_utc or trial.ended_utc  # what was reused has never been started
    if started is None or trial.state == "waiting":
        return None
    ended = trial.ended
    scores = {
        epoch.epoch: score
        for epoch, score in zip(trial.epochs, trial.scores, strict=True)
        if score is not None
    }
    attrs: dict[str, Any] = {"worker": trial.worker or None, "seed": trial.seed}
    if ended is not None:
        row = _row(trial)
        known = ("accuracy", "test_accuracy", "health", *METRICS, "n_parameters", "reused_from")
        attrs |= {name: row.get(name) for name in known}
        attrs["reason"] = ended.reason or None
    return ExportedTrial(
        number=trial.number,
        params=trial.params,
        state=trial.state,
        score=ended.score if ended else None,
        scores=scores,
        attrs=attrs,
        started=started,
        ended=trial.ended_utc,
    )


def _whole_lines(path: Path) -> bytes:
    """A log as far as it is whole; a line that is being written is left out."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}") from error
    return content[: content.rfind(b"\n") + 1]


def _settled(sweep: Sweep, logs: dict[str, bytes]) -> list[int]:
    """Trials whose fate is in the archived journal; the folders of others may be half written."""
    sweep.record  # noqa: B018 - a damaged journal is refused here, with its line named
    entries = (Entry.parse(line) for line in logs.get("journal.jsonl", b"").splitlines())
    return [trial.number for trial in SweepRecord.of(entries).finished()]


def _names_in(folder: Path) -> list[Path]:
    """The plain files under a folder, relative to it: no links, locks or temporary files."""
    names = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return [
        name
        for name in names
        if not any(part.startswith(".") for part in name.parts)
        and not (folder / name).is_symlink()
    ]


def _is_wanted(name: Path, settled: set[str]) -> bool:
    """Whether a file of a sweep folder is archived as it lies there."""
    match name.parts:
        case ("trials", trial, *_):
            return trial in settled
        case ("confirm", *_):
            return name.name in _CONFIRM_FILES
        case ("best", *_):
            return False  # copied first
    return True


def _copy_of_best(folder: SweepFolder, temporary: Path) -> Path:
    """``best/`` as it was at one moment: the coordinator may exchange it while we read."""
    copy = temporary / "best"
    problem = "it changes all the time"
    for _ in range(_TRIES):
        before = folder.best_trial()
        if before is None:
            return copy
        shutil.rmtree(copy, ignore_errors=True)
        try:
            shutil.copytree(folder.best, copy)
        except OSError as error:
            problem = error.strerror or str(error)
        else:
            if folder.best_trial() == before:
                return copy
    raise StoreError(f"cannot copy {folder.best} ({problem}); try again.")
