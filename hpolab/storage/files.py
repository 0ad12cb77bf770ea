"""Writing files so that a crash leaves the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpolab.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "disk_bytes",
    "read_whole_lines",
    "remove_leftovers",
    "storing",
    "write_json",
    "write_text",
]


@contextlib.contextmanager
def storing(what: Path) -> Iterator[None]:
    """Turn an operating system's refusal into our own error that names the path and a remedy."""
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        reason = error.strerror or _first_cause(error)
        raise StoreError(
            f"cannot write {what}: {reason}. Free some space or allow writing there, then run the "
            "sweep again: it continues where it stopped."
        ) from error


def _first_cause(error: OSError) -> str:
    """Why the first of the files that ``shutil`` could not copy was refused."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        return str(error.args[0][0][-1])
    return str(error)


def read_whole_lines(path: Path, offset: int) -> bytes:
    """What follows ``offset`` in a file up to its last newline; a line being written is left out.

    Returns:
        The bytes, none when the file does not exist (yet).

    Raises:
        StoreError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            content = file.read()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}.") from error
    return content[: content.rfind(b"\n") + 1]


def disk_bytes(folder: Path) -> int:
    """How large the files under a folder are together; what vanishes meanwhile counts nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += Path(place, name).lstat().st_size
    return total


def write_text(path: Path, text: str) -> None:
    """Replace a file in one step, on disk before this returns.

    Raises:
        StoreError: The disk is full, the folder is read-only, and the like.
    """
    with storing(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=_prefix(path))
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def remove_leftovers(path: Path) -> None:
    """Remove what writers left beside a file when they were killed; none may be at work on it."""
    with storing(path):
        for leftover in path.parent.glob(f"{glob.escape(_prefix(path))}*"):
            leftover.unlink(missing_ok=True)


def _prefix(path: Path) -> str:
    return f".{path.name}."


def write_json(path: Path, data: Any) -> None:
    """Replace a file by JSON that people can read too, in one step."""
    write_text(path, _readable(data) + "\n")


def _readable(data: Any) -> str:
    """A line for each field, and for each of a list of records.

    The encoder's own indentation takes a line for each number, and is written in Python: it took
    as long as all else that is done for the end of a trial.
    """
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        return json.dumps(data, allow_nan=False)
    fields = []
    for key, value in data.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n  ".join(json.dumps(row, allow_nan=False) for row in value)
            text = f"[\n  {rows}\n ]"
        else:
            text = json.dumps(value, allow_nan=False)
        fields.append(f"\n {json.dumps(key)}: {text}")
    return "{" + ",".join(fields) + "\n}"
