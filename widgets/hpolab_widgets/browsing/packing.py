"""A sweep as one file that a browser can be handed."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hpolab.errors import StoreError
from hpolab.export import export_csv, export_zip
from hpolab.replay import write_replay
from hpolab.storage.files import disk_bytes
from hpolab.sweep import Sweep
from hpolab_widgets.hosting import Host

if TYPE_CHECKING:
    from collections.abc import Callable

    from hpolab.storage.folder import SweepFolder

__all__ = ["MOST_BYTES", "packed", "rewritten"]

_TEXTS = {".csv", ".json", ".jsonl", ".md", ".yaml"}
_LOGS = {".log", ".txt"}

MOST_BYTES = 500_000_000
"""Of a folder; all of its archive is held in memory, here and in the browser."""


def packed(
    folder: SweepFolder, kind: Literal["zip", "csv", "html"], *, host: Host | None = None
) -> bytes:
    """The sweep as an archive of its folder, a table of its trials, or a page that plays it.

    Args:
        folder: Of the sweep.
        kind: Which of them.
        host: Says what of an archive may leave the machine; None for one's own machine.

    Raises:
        StoreError: It cannot be read, or is too large to be archived for a browser.
    """
    if kind == "zip" and disk_bytes(folder.path) > MOST_BYTES:
        raise StoreError(
            f"{folder.name} is larger than {MOST_BYTES / 1e6:.0f} MB, too large for a download; "
            f"use `hpolab export {folder.name} --zip FILE` on the machine itself."
        )
    export = {"zip": export_zip, "csv": export_csv, "html": write_replay}[kind]
    with tempfile.TemporaryDirectory() as temporary:
        path = export(Sweep.follow(folder.path), Path(temporary) / f"sweep.{kind}")
        content = path.read_bytes()
    return (host or Host()).packed(content) if kind == "zip" else content


def rewritten(archive: bytes, worded: Callable[[str], str]) -> bytes:
    """An archive of a sweep that still opens, without logs and with its texts worded anew."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(buffer, "w") as new,
    ):
        for entry in old.infolist():
            suffix = Path(entry.filename).suffix
            if suffix in _LOGS:
                continue
            content = old.read(entry)
            if suffix in _TEXTS:
                content = worded(content.decode()).encode()
            new.writestr(entry, content)
    return buffer.getvalue()
