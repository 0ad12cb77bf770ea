"""Starting an interpreter that does not run the user's ``__main__``, and ending it again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from typing import IO, Any

from hpolab.errors import ExecutorError

__all__ = ["Log", "kill_group", "start_python"]

_BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
_LOG_TAIL_BYTES = 2000


class Log:
    """What workers write outside of runs: a nameless file, read when one cannot start."""

    def __init__(self) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives with its launcher

    def tail(self) -> str:
        """The last lines. Reads to the end, where the workers, who share the position, write."""
        size = self.file.seek(0, os.SEEK_END)
        self.file.seek(max(0, size - _LOG_TAIL_BYTES))
        return self.file.read().decode(errors="replace").strip()


def start_python(
    call: str, argv: list[str], log: Log, *, path: list[str], **options: Any
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [sys.executable, "-c", _BOOT + call, json.dumps(path), *argv],
            stdin=subprocess.DEVNULL,
            stdout=log.file,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # out of reach of Ctrl-C, and a group to end together
            **options,
        )
    except OSError as error:
        raise ExecutorError(f"no process can be started ({error}); free some memory.") from error


def kill_group(pid: int) -> None:
    """End a worker, which leads its group, and what it has started."""
    with suppress(ProcessLookupError, PermissionError):  # the latter is macOS' word for a zombie
        os.killpg(pid, signal.SIGKILL)
