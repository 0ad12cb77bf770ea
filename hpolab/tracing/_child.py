"""The child's side: a process that answers questions until nobody asks any more."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from hpolab.errors import ConfigError, HpolabError
from hpolab.executors.memory import resident_bytes
from hpolab.named import find_function
from hpolab.tracing.questions import Question, Reply

if TYPE_CHECKING:
    from hpolab.network.passes import ForwardPass

__all__ = ["main"]

MAX_RSS_BYTES = 2_000_000_000
"""A process that has grown beyond ends after its answer; the next question starts another."""

_CHUNK_BYTES = 65_536
_log = logging.getLogger(__name__)


def main(work: str, idle_seconds: str, places: str, count: str) -> None:
    """Answer one question a line, from standard input to standard output.

    Args:
        work: Function "module:function" that prepares the process and gives what answers.
        idle_seconds: How long to wait for the next question before ending.
        places: Directory of the locks of which this process needs one; empty for no such limit.
        count: How many there are.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks
    replies = os.dup(1)
    os.dup2(2, 1)  # what frameworks print is no answer
    inbox: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(inbox,), daemon=True).start()
    place = _take_place(Path(places), int(count)) if places else None  # held until the end
    is_refused = bool(places) and place is None
    answer: Callable[[Question], ForwardPass] = _refuse if is_refused else find_function(work)()
    _write(replies, b"\n")  # ready
    while True:
        try:
            line = inbox.get(timeout=float(idle_seconds))
        except Empty:
            break
        _write(replies, _reply(answer, line).to_json().encode() + b"\n")
        if is_refused or resident_bytes() > MAX_RSS_BYTES:
            break
    # not through the interpreter's end: the listener's thread waits inside a read
    os._exit(0)


def _take_place(directory: Path, count: int) -> FileLock | None:
    """A lock that goes with this process, however it ends; None when others have them all."""
    directory.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        lock = FileLock(directory / f"place-{number}.lock")
        with suppress(Timeout):
            lock.acquire(timeout=0)
            return lock
    return None


def _refuse(_: Question) -> ForwardPass:
    raise ConfigError(
        "as many networks are being looked into as this machine has room for; try again in some "
        "minutes."
    )


def _reply(answer: Callable[[Question], ForwardPass], line: bytes) -> Reply:
    try:
        forward = answer(Question.parse(line))
    except HpolabError as error:
        return Reply(error=str(error), kind=type(error).__name__, rss_bytes=resident_bytes())
    except MemoryError:
        return Reply(error="this network is too large for the memory that is left.")
    except Exception as error:
        _log.exception("a question could not be answered")
        words = f"the network could not take this example ({type(error).__name__}: {error})"
        return Reply(error=words[:400], rss_bytes=resident_bytes())
    return Reply(forward=forward, rss_bytes=resident_bytes())


def _listen(inbox: SimpleQueue[bytes]) -> None:
    """Read in a thread of its own, so that the asker's end is seen in mid-computation too."""
    pending = b""
    while chunk := os.read(0, _CHUNK_BYTES):
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            inbox.put(line)
    os._exit(0)


def _write(target: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(target, data) :]
        except OSError:  # nobody reads any more
            sys.stderr.flush()
            os._exit(0)
