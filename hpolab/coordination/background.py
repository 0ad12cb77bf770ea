"""A coordinator in a process of its own, which outlives the one that started it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from hpolab.errors import HpolabError
from hpolab.storage.files import storing
from hpolab.storage.journal import Tail
from hpolab.storage.lock import refuse_if_held

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hpolab.commands import Command
    from hpolab.storage.folder import SweepFolder

__all__ = ["run_apart", "start_coordinator"]

_START_SECONDS = 60.0
_GLANCE_SECONDS = 0.05


def start_coordinator(folder: SweepFolder, *, wishes: tuple[Command, ...] = ()) -> None:
    """Run the sweep in a folder elsewhere; returns once it has begun and reads commands.

    Args:
        folder: An existing sweep folder, checked.
        wishes: Commands to obey first.

    Raises:
        FolderLocked: The sweep is running already.
        StoreError: The folder cannot be written.
        HpolabError: The process ended before it began, or says nothing.
    """
    refuse_if_held(folder.lock)
    # wishes right after the folder: argparse before Python 3.12 finds none after an option
    command = [sys.executable, "-m", "hpolab.coordinate", str(folder.path)]
    command += [wish.to_json() for wish in wishes]
    command += ["--commands-from", str(folder.commands_size())]
    tail = Tail(folder.journal)
    tail.new()
    run_apart(command, log=folder.log, has_begun=lambda: bool(tail.new()))


def run_apart(command: list[str], *, log: Path, has_begun: Callable[[], bool]) -> None:
    """Start a process that outlives this one; returns when it has begun.

    Args:
        command: What to run.
        log: The file that gets what it says.
        has_begun: Whether it has, asked again and again.

    Raises:
        StoreError: The log cannot be written.
        HpolabError: The process ended before it began, or says nothing.
    """
    with storing(log), log.open("ab") as log_file:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log_file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # somebody must wait for it, or it stays a zombie when it has ended
    threading.Thread(target=process.wait, name="hpolab-reaper", daemon=True).start()
    end = time.monotonic() + _START_SECONDS
    while True:
        has_ended = process.poll() is not None  # looked at first: the journal is final then
        if has_begun():
            return
        if has_ended:
            said = log.read_text(encoding="utf-8", errors="replace")
            last = said.strip().splitlines()[-1:] or ["it said nothing"]
            raise HpolabError(f"the coordinator ended at once: {last[0]}")
        if time.monotonic() > end:
            raise HpolabError(
                f"the coordinator has said nothing for {_START_SECONDS:g} seconds; look at {log}."
            )
        time.sleep(_GLANCE_SECONDS)
