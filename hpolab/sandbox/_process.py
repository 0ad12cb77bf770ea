"""The asking side of the wall: a process that is started, asked, and never believed.

What comes back is numbers and short texts of announced sizes. Anything else ends the process.
"""

from __future__ import annotations

import os
import select
import subprocess
import tempfile
import threading
import time
from typing import IO, NamedTuple

from hpolab.errors import ExecutorError
from hpolab.sandbox.inside import wire

__all__ = ["Answer", "Ended", "Forged", "SandboxProcess", "Silent"]

_LOG_TAIL_BYTES = 600
_END_SECONDS = 5.0
_SURPLUS_BYTES = 64
"""Read beyond what is expected: a little printed text, or what nobody has asked for."""


class Answer(NamedTuple):
    """What the process said: one of ``wire``'s kinds, and what belongs to it."""

    kind: int
    line: int
    body: bytes
    printed: bytes


class Ended(Exception):
    """The process has ended; the exit code is a signal's number plus 128 where one ended it."""

    def __init__(self, exit_code: int, last_words: str) -> None:
        super().__init__(exit_code, last_words)
        self.exit_code = exit_code
        self.last_words = last_words


class Silent(Exception):
    """There was no answer in time."""


class Forged(Exception):
    """What came back is no answer."""


class SandboxProcess:
    """A process, and the three pipes that lead to it. Used by one thread; any may kill it."""

    def __init__(self, argv: list[str], *, environment: dict[str, str] | None = None) -> None:
        """Start it.

        Raises:
            ExecutorError: No process can be started.
        """
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives with the process
        theirs_to_read, self._questions = os.pipe()
        self._answers, theirs_to_write = os.pipe()
        os.set_blocking(self._questions, False)
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(self._answers, select.POLLIN)
        self._writable.register(self._questions, select.POLLOUT)
        self._process: subprocess.Popen[bytes] | None = None
        self._problem: OSError | None = None
        self._is_started = threading.Event()
        self._has_ended = threading.Event()
        # It ends with the thread that started it (die-with-parent), so this one waits for it.
        threading.Thread(
            target=self._keep,
            args=(argv, environment, theirs_to_read, theirs_to_write),
            name="hpolab-sandbox",
            daemon=True,
        ).start()
        self._is_started.wait()
        if self._problem is not None:
            self.close()
            raise ExecutorError(
                f"no process can be started ({self._problem}); free some memory."
            ) from self._problem

    def _keep(
        self, argv: list[str], environment: dict[str, str] | None, read: int, write: int
    ) -> None:
        try:
            self._process = subprocess.Popen(
                argv, stdin=read, stdout=write, stderr=self._log, env=environment
            )
        except OSError as error:
            self._problem = error
        finally:
            os.close(read)
            os.close(write)
            self._is_started.set()
        if self._process is not None:
            self._process.wait()
        self._has_ended.set()

    @property
    def pid(self) -> int | None:
        """Of the process that has been started; None when it has ended."""
        if self._process is None or self._has_ended.is_set():
            return None
        return self._process.pid

    def ask(self, question: bytes, *, n_values: int, max_printed: int, deadline: float) -> Answer:
        """Its answer to a question.

        Args:
            question: What it is sent.
            n_values: How many numbers an answer of values has.
            max_printed: Bytes that may have been printed, at most.
            deadline: When to stop waiting, on the clock of ``time.monotonic``.

        Raises:
            Ended: It has ended instead.
            Silent: It has said nothing in time.
            Forged: It has said what is no answer, or something before it was asked.
        """
        if self._readable.poll(0):
            self._receive(b"", 1, deadline)  # nothing to read but its end
            raise Forged
        self._send(question, deadline)
        expected = wire.ANSWER.size + 8 * n_values
        data = self._receive(b"", wire.ANSWER.size, deadline, at_once=expected)
        magic, kind, line, n_body, n_printed = wire.ANSWER.unpack_from(data)
        is_sized = n_body == 8 * n_values if kind == wire.VALUES else n_body <= wire.MAX_TEXT_BYTES
        is_known = magic == wire.MAGIC and wire.READY <= kind <= wire.BROKE
        if not (is_known and is_sized and n_printed <= max_printed):
            raise Forged
        n_bytes = wire.ANSWER.size + n_body + n_printed
        data = self._receive(data, n_bytes, deadline)
        if len(data) > n_bytes and kind != wire.BROKE:  # whose code may live on, refused again
            raise Forged
        end = wire.ANSWER.size + n_body
        return Answer(kind, max(line, 0), data[wire.ANSWER.size : end], data[end:n_bytes])

    def kill(self) -> None:
        """End it and all that it has started, at once. May be called by any thread."""
        if self._process is not None and not self._has_ended.is_set():
            self._process.kill()

    def close(self) -> None:
        """End it, and give back its pipes; not while it is asked. May be called twice."""
        if self._log.closed:
            return
        self.kill()
        self._has_ended.wait(_END_SECONDS)
        for pipe in (self._questions, self._answers):
            os.close(pipe)
        self._log.close()

    def _send(self, data: bytes, deadline: float) -> None:
        sent = 0
        while sent < len(data):
            try:
                sent += os.write(self._questions, data[sent:] if sent else data)
            except BlockingIOError:
                self._wait(self._writable, deadline)
            except BrokenPipeError:
                return  # what it says, or its end, is read next

    def _receive(self, data: bytes, n_bytes: int, deadline: float, *, at_once: int = 0) -> bytes:
        """So many bytes, the ones that are there already included, and what comes with them."""
        room = max(at_once, n_bytes) + _SURPLUS_BYTES
        while len(data) < n_bytes:
            self._wait(self._readable, deadline)
            part = os.read(self._answers, room)
            if not part:
                raise self._end()
            data += part
        return data

    @staticmethod
    def _wait(poll: select.poll, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise Silent

    def _end(self) -> Ended:
        """Its end in a form that can be raised; it has closed its pipe, so it is near."""
        if not self._has_ended.wait(_END_SECONDS):
            self.kill()
            self._has_ended.wait()
        assert self._process is not None
        code = self._process.returncode
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - _LOG_TAIL_BYTES))
        said = self._log.read().decode(errors="replace").strip().splitlines()
        return Ended(code if code >= 0 else 128 - code, said[-1] if said else "")
