"""Asking a child process what a network makes of an example.

The process that asks (a notebook's kernel, the app) never loads TensorFlow. The child starts when
it is first needed, stays warm, and ends when it is told, when nobody has asked for five minutes,
or when its parent is gone, however that ended: its standard input closes then.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, TYPE_CHECKING, NamedTuple, Self

from hpolab import errors
from hpolab.errors import DataError, ExecutorError, HpolabError
from hpolab.executors.ending import exit_in_words
from hpolab.tracing.questions import Question, Reply

if TYPE_CHECKING:
    from hpolab.network.passes import ForwardPass
    from hpolab.tracing.questions import Example, Subject

__all__ = ["WORK", "Places", "Tracer"]

WORK = "hpolab.tracing.answering:prepare"
"""What the child does."""

_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from hpolab.tracing._child import main; main(*sys.argv[2:])"
)
_LOG_TAIL_BYTES = 600
_CLOSE_SECONDS = 2.0
_START_SECONDS = 180.0
"""TensorFlow takes seconds to load, and minutes where all cores train."""


class Places(NamedTuple):
    """Who shares the machine with others: so many processes at once, counted by locked files."""

    directory: Path
    n_places: int


class Tracer:
    """Sends examples through networks, in a process of its own. May be shared by threads.

    Attributes:
        rss_bytes: Resident memory of the process at its last answer; 0 before that.
    """

    def __init__(
        self,
        *,
        timeout_seconds: float = 60.0,
        idle_seconds: float = 300.0,
        work: str = WORK,
        places: Places | None = None,
    ) -> None:
        """Nothing is started yet.

        Args:
            timeout_seconds: How long one answer may take, once the process is there.
            idle_seconds: How long the process waits for a question before it ends.
            work: What the process does, "module:function".
            places: How many such processes there may be; None for no limit.
        """
        self.rss_bytes = 0
        self._timeout = timeout_seconds
        directory, count = places or ("", 0)
        self._argv = [work, str(idle_seconds), str(directory), str(count)]
        self._turn = threading.Lock()
        self._child: _Child | None = None
        self._is_closed = False

    def start(self) -> Self:
        """Have the process start in the background, so that the first answer comes sooner.

        Raises:
            ExecutorError: No process can be started.
        """
        with self._turn:
            self._running()
        return self

    def ask(self, subject: Subject, example: Example) -> ForwardPass:
        """What the network makes of the example; blocks until it is known.

        Raises:
            StoreError: The network cannot be opened.
            DataError: The example is none for this network, or its data set is not here.
            ExecutorError: The process crashed or took too long; the next question starts another.
            ConfigError: There are as many such processes as are allowed.
        """
        line = Question(subject=subject, example=example).to_json().encode() + b"\n"
        with self._turn:
            reply = self._exchange(line)
        self.rss_bytes = reply.rss_bytes
        if reply.forward is not None:
            return reply.forward
        kind = getattr(errors, reply.kind, DataError)
        raise (kind if issubclass(kind, HpolabError) else DataError)(reply.error)

    def close(self) -> None:
        """End the process; a question that waits is answered by an error. For good."""
        self._is_closed = True
        child = self._child
        if child is not None:
            child.end()

    @property
    def pid(self) -> int | None:
        """Of the process; None while there is none."""
        child = self._child
        return child.pid if child is not None and child.exit_code is None else None

    def _running(self) -> _Child:
        if self._is_closed:
            raise ExecutorError("nothing can be asked any more: the lab has been closed.")
        if self._child is None or self._child.exit_code is not None:
            self._child = _Child(self._argv)
        return self._child

    def _exchange(self, line: bytes) -> Reply:
        answer = self._running().ask(line, self._timeout)
        if answer.is_idle_end and not self._is_closed:
            # it had waited long enough just as the question came
            answer = self._running().ask(line, self._timeout)
        if answer.line is None:
            raise ExecutorError(answer.problem)
        return Reply.parse(answer.line)


class _Said(NamedTuple):
    """A line, or why there is none."""

    line: bytes | None = None
    problem: str = ""
    is_idle_end: bool = False


class _Child:
    """The process, and the thread that reads what it says."""

    def __init__(self, argv: list[str]) -> None:
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives with the child
        # A relative entry of the path means the directory that we are in now.
        path = json.dumps([str(Path(entry).absolute()) for entry in sys.path])
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _BOOT, path, *argv],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                start_new_session=True,  # out of reach of Ctrl-C
                # one example needs no accelerator, and trials may need all of its memory
                env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1"},
            )
        except OSError as error:
            raise ExecutorError(
                f"no process can be started ({error}); free some memory."
            ) from error
        self.pid = self._process.pid
        self._is_ready = False
        self._last_words = "."
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        threading.Thread(target=self._listen, name="hpolab-tracer", daemon=True).start()

    @property
    def exit_code(self) -> int | None:
        """A signal's number negative; None while it lives."""
        return self._process.poll()

    def ask(self, line: bytes, timeout: float) -> _Said:
        """Its answer to a line; a process that has none in time is ended."""
        # aside: a process that is stopped reads nothing, and a picture does not fit into the pipe
        threading.Thread(target=self._write, args=(line,), daemon=True).start()
        seconds = _START_SECONDS
        try:
            if not self._is_ready:
                self._is_ready = self._lines.get(timeout=seconds) is not None
            seconds = timeout
            answer = self._lines.get(timeout=seconds) if self._is_ready else None
        except Empty:
            self.end()
            return _Said(problem=f"the network gave no answer in {seconds:g} seconds.")
        if answer is not None:
            return _Said(answer)
        code = self._process.wait()
        problem = f"the process that looks into networks {exit_in_words(code)}{self._last_words}"
        return _Said(problem=problem, is_idle_end=code == 0)

    def _write(self, line: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(OSError, ValueError):  # it has ended, which the listener tells
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def end(self) -> None:
        """End it at once, and wait for it."""
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_CLOSE_SECONDS)

    def _listen(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._process.stdout, self._log:
            for line in self._process.stdout:
                self._lines.put(line)
            self._process.wait()  # or it stays a zombie
            self._last_words = _tail(self._log)
        with suppress(OSError):  # a question that it has not read
            self._process.stdin.close()
        self._lines.put(None)


def _tail(log: IO[bytes]) -> str:
    """The last line of what it wrote, as the end of a sentence."""
    size = log.seek(0, os.SEEK_END)
    log.seek(max(0, size - _LOG_TAIL_BYTES))
    said = log.read().decode(errors="replace").strip().splitlines()
    return f"; its last words: {said[-1]}" if said else "."
