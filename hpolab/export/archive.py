"""A sweep folder as one file that can be sent, unpacked and opened again."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.errors import StoreError
from hpolab.events import Entry
from hpolab.record import SweepRecord
from hpolab.storage.archive import pack
from hpolab.storage.folder import SweepFolder

if TYPE_CHECKING:
    from hpolab.sweep import Sweep

__all__ = ["export_zip"]

_LOG_FILES = ("journal.jsonl", "commands.jsonl")
_CONFIRM_FILES = {"confirm.json", "result.json", "log.txt"}
_TRIES = 10


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
