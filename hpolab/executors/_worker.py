"""The worker's side: a process that trains one run after another until its coordinator is gone."""

from __future__ import annotations

import io
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue

from hpolab.events import EpochEnded, RunEnded, RunStarted
from hpolab.executors._wire import Answer, Frame, Setup
from hpolab.executors._work import Train, carry_out
from hpolab.executors.memory import resident_bytes
from hpolab.gpus import VISIBLE
from hpolab.named import find_function
from hpolab.trial import EpochRecord, RunResult, RunSpec, Stop

__all__ = ["main", "serve"]

_LOG = "log.txt"

_one_at_a_time = threading.Lock()
"""The heartbeat and the run share the channel."""


def main(handle: str, name: str, setup: str) -> None:
    """The whole life of a worker that was started as an interpreter of its own."""
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        channel = PipeConnection(int(handle))
    else:
        os.set_inheritable(int(handle), False)
        channel = Connection(int(handle))
    serve(channel, name, Setup.parse(setup))


def serve(channel: Connection, name: str, setup: Setup) -> None:
    """Train what comes down the channel; never returns unless the work cannot be loaded."""
    _leave_the_terminal()
    if name in setup.visible_gpus:  # CUDA reads it when TensorFlow first looks for devices
        os.environ[VISIBLE] = setup.visible_gpus[name]
    inbox: SimpleQueue[bytes] = SimpleQueue()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)  # what was said before a crash is kept
    listener = threading.Thread(target=_listen, args=(channel, inbox), daemon=True)
    listener.start()
    _send(channel, Frame(pid=os.getpid()))
    if setup.heartbeat_seconds:
        beating = (channel, setup.heartbeat_seconds)
        threading.Thread(target=_beat, args=beating, daemon=True).start()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        if setup.prepare:
            find_function(setup.prepare)(threads=1)
        train: Train = find_function(setup.work)
    except Exception as error:
        logging.getLogger(__name__).exception("worker %s cannot work", name)
        _send(channel, Frame(pid=os.getpid(), error=f"{type(error).__name__}: {error}"))
        return
    _send(channel, Frame(pid=os.getpid(), is_ready=True))
    while True:
        _train(RunSpec.parse(inbox.get()), train, channel, inbox, name)


def _train(
    spec: RunSpec, train: Train, channel: Connection, inbox: SimpleQueue[bytes], name: str
) -> None:
    """One run, from its RunStarted to its RunEnded."""
    who = {"trial": spec.trial, "attempt": spec.attempt}

    def report(record: EpochRecord) -> Stop | None:
        event = EpochEnded(**who, epoch=record)
        _send(channel, Frame(pid=os.getpid(), event=event))
        return Answer.parse(inbox.get()).stop

    _send(channel, Frame(pid=os.getpid(), event=RunStarted(**who, worker=name)))
    try:
        with _output_to(spec.folder / _LOG):
            result = carry_out(train, spec, report)
    except OSError as error:
        reason = f"its folder cannot be written ({error}); is the disk full?"
        result = RunResult(state="failed", reason=reason)
    event = RunEnded(**who, result=result)
    _send(channel, Frame(pid=os.getpid(), event=event, rss_bytes=resident_bytes()))


def _send(channel: Connection, frame: Frame) -> None:
    with _one_at_a_time:
        channel.send_bytes(frame.to_json().encode())


def _beat(channel: Connection, seconds: float) -> None:
    """Tell again and again that this process is alive: scheduled, and free to run Python."""
    with suppress(OSError):  # the coordinator is gone, which the listener sees too
        while True:
            time.sleep(seconds)
            _send(channel, Frame(pid=os.getpid()))


def _listen(channel: Connection, inbox: SimpleQueue[bytes]) -> None:
    """Read in a thread of its own, so that the coordinator's end is seen in mid-training too."""
    try:
        while True:
            inbox.put(channel.recv_bytes())
    except (EOFError, OSError):
        _vanish()


def _vanish() -> None:
    """End at once, and whatever a user's builder has started with us."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def _leave_the_terminal() -> None:
    """Ctrl-C is for the coordinator: it decides what becomes of the runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setsid"):
        with suppress(PermissionError):  # already the leader of its own group
            os.setsid()


@contextmanager
def _output_to(path: Path) -> Iterator[None]:
    """Append everything written to the descriptors 1 and 2, by C++ code too, to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    saved = {number: os.dup(number) for number in (1, 2)}
    try:
        _redirect(dict.fromkeys(saved, log))
        yield
    finally:
        _redirect(saved)
        for number in (log, *saved.values()):
            os.close(number)


def _redirect(targets: dict[int, int]) -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # as under pythonw
            stream.flush()
    for number, target in targets.items():
        os.dup2(target, number)
