"""A cell at work: the process that executes its notebook, and the sweep that it runs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from hpolab.batch.parameters import Parameters
from hpolab.batch.place import Place, template
from hpolab.errors import StoreError
from hpolab.storage.files import storing, write_text
from hpolab.storage.plain_yaml import to_yaml
from hpolab.sweep import Sweep

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.batch.matrix import Cell

__all__ = ["Launched", "execute", "last_words"]

_END_SECONDS = 10.0
_TOLD = 300


class Launched:
    """A cell's notebook on its way through papermill.

    Attributes:
        cell: Which.
        sweep: Followed, not run, from here.
        attempt: Counted from 1.
        began: Seconds of the monotonic clock.
    """

    def __init__(self, cell: Cell, place: Place, *, attempt: int = 1) -> None:
        self.cell = cell
        self.sweep = Sweep(cell.config)
        self.attempt = attempt
        self.began = time.monotonic()
        self._is_told_to_stop = False
        parameters = Parameters.of(cell.config).to_dict()
        write_text(place.parameters(cell.name), to_yaml(parameters))
        self._process = execute(
            template("sweep.ipynb"),
            place.notebook(cell.name),
            place.parameters(cell.name),
            log=place.log(cell.name),
        )

    def ended(self) -> int | None:
        """The exit code; None while it is at work."""
        return self._process.poll()

    def stop(self) -> None:
        """Have its sweep stop and its report written; one that has not begun is ended at once.

        To be called again and again until it has ended: a notebook reads no orders before its
        sweep runs.
        """
        if self.sweep.folder.is_running():
            if not self._is_told_to_stop:
                with suppress(StoreError):  # it has just ended by itself
                    self.sweep.stop()
                    self._is_told_to_stop = True
        elif not self._is_told_to_stop and self.sweep.state != "finished":
            self.kill()

    def kill(self) -> None:
        """End it at once; the sweep can be continued."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.sweep.wait(_END_SECONDS)  # its kernel notices within a second


def execute(source: Path, output: Path, parameters: Path, *, log: Path) -> subprocess.Popen[bytes]:
    """Start ``hpolab.batch.cell``; it ends at the latest when this process does.

    Raises:
        StoreError: The log cannot be written.
    """
    command = [sys.executable, "-m", "hpolab.batch.cell", *map(str, (source, output, parameters))]
    with storing(log), log.open("ab") as said:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us, who tell the sweeps
            env={**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"},  # this Python's kernel
        )


def last_words(log: Path) -> str:
    """The last line of a log: after a failure, why."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        lines = []
    return lines[-1][:_TOLD] if lines else "it said nothing"
