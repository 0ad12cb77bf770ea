"""A sweep as one file that a browser can be handed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hpolab.errors import StoreError
from hpolab.export import export_csv, export_zip
from hpolab.storage.files import disk_bytes
from hpolab.sweep import Sweep

if TYPE_CHECKING:
    from hpolab.storage.folder import SweepFolder

__all__ = ["MOST_BYTES", "packed"]

MOST_BYTES = 500_000_000
"""Of a folder; all of its archive is held in memory, here and in the browser."""


def packed(folder: SweepFolder, kind: Literal["zip", "csv"]) -> bytes:
    """The sweep as an archive of its folder, or as a table of its trials.

    Raises:
        StoreError: It cannot be read, or is too large to be archived for a browser.
    """
    if kind == "zip" and disk_bytes(folder.path) > MOST_BYTES:
        raise StoreError(
            f"{folder.name} is larger than {MOST_BYTES / 1e6:.0f} MB, too large for a download; "
            f"use `hpolab export {folder.name} --zip FILE` on the machine itself."
        )
    export = export_zip if kind == "zip" else export_csv
    with tempfile.TemporaryDirectory() as temporary:
        path = export(Sweep.follow(folder.path), Path(temporary) / f"sweep.{kind}")
        return path.read_bytes()
