"""The process in the sandbox: prepares and locks itself, runs the user's code, answers batches.

Questions come on descriptor 0 and answers leave on 1. The code may do what it likes with what it
finds in this process: the wall is the kernel's, and what is said here is believed by nobody.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import warnings
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

import numpy as np

from . import limits, seccomp, wire

__all__ = ["main"]

_QUESTIONS, _ANSWERS = 0, 1
_PRELOADED = (
    *(f"numpy.{name}" for name in ("fft", "linalg", "ma", "polynomial", "random")),
    "cmath",
    "unicodedata",  # the parser's, for names of characters
)
_NOBODY = 65_534


def main() -> NoReturn:
    """Answer until nobody asks any more."""
    text = bytearray(_read_length())
    _read(text)
    config = json.loads(text)
    for name in _PRELOADED:
        importlib.import_module(name)
    _warm_up()
    warnings.simplefilter("ignore")  # showing one would look for the source in a file
    printed = _Printed(config["output_bytes"])
    sys.stdin, sys.stdout, sys.stderr = None, printed, printed
    _give_up_root()
    limits.bound(
        lambda frame: _break("cpu", line=_line_in(frame)),
        cpu_seconds=config["cpu_seconds"],
        memory_bytes=config["memory_bytes"],
    )
    if config["is_walled"]:
        os.close(2)
        seccomp.lock(
            lambda name: _break(name, line=_line_in(sys._getframe())),
            questions=_QUESTIONS,
            answers=_ANSWERS,
        )
    _answer_forever(config, printed)


def _warm_up() -> None:
    """Have linear algebra set its memory aside and choose its kernels while it may look around."""
    matrix = np.eye(64) + 0.01
    np.linalg.svd(matrix @ np.linalg.inv(matrix))
    np.linalg.eigvals(matrix.astype(np.complex128))
    np.random.default_rng().normal()


def _give_up_root() -> None:
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def _answer_forever(config: dict[str, Any], printed: _Printed) -> NoReturn:
    _send(wire.READY, b"", b"")  # locked; the code waits for the word
    _read_length()
    try:
        evaluate = _evaluator(config["source"], is_vectorised=config["is_vectorised"])
    except BaseException as error:
        _tell(error, printed)
        os._exit(0)
    _send(wire.READY, b"", printed.taken())
    dimensions = config["dimensions"]
    while True:
        points = np.empty((_read_length(), dimensions))
        _read(points)
        try:
            values = evaluate(points)
        except BaseException as error:
            _tell(error, printed)
        else:
            _send(wire.VALUES, values, printed.taken())


def _evaluator(source: str, *, is_vectorised: bool) -> Callable[[Any], bytes]:
    """From points of shape (n, dimensions) to the bytes of n values."""
    namespace: dict[str, Any] = {"__name__": "fitness"}
    exec(compile(source, wire.CODE_NAME, "exec"), namespace)
    fitness = namespace["fitness"]

    def one_by_one(points: Any) -> bytes:
        return np.array([float(fitness(point)) for point in points], dtype=np.float64).tobytes()

    def at_once(points: Any) -> bytes:
        values = np.asarray(fitness(points), dtype=np.float64)
        if values.shape != (len(points),):
            raise TypeError(
                f"a vectorised fitness gives one number a row, shape ({len(points)},); "
                f"this one gave shape {values.shape}"
            )
        return values.tobytes()

    return at_once if is_vectorised else one_by_one


class _Printed:
    """What the code prints, kept until the next answer; too much of it ends the process."""

    def __init__(self, max_bytes: int) -> None:
        self._left = max_bytes
        self._parts: list[bytes] = []

    def write(self, text: str) -> int:
        data = str(text).encode(errors="replace")
        self._left -= len(data)
        if self._left < 0:
            _break("output", line=_line_in(sys._getframe()))
        self._parts.append(data)
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        return False

    def taken(self) -> bytes:
        text = b"".join(self._parts)
        self._parts.clear()
        return text


def _tell(error: BaseException, printed: _Printed) -> None:
    """What the code raised, and where; an error that cannot even be shown is its type."""
    if isinstance(error, MemoryError):
        _break("memory", line=_line_of(error))
    try:
        words = f"{type(error).__name__}: {error}"
    except BaseException:
        words = type(error).__name__
    _send(wire.RAISED, words.encode(errors="replace"), printed.taken(), line=_line_of(error))


def _break(name: str, *, line: int) -> NoReturn:
    """Say which limit was hit, and end at once: whatever is caught in between."""
    try:
        _send(wire.BROKE, name.encode(), b"", line=line)
    finally:
        os._exit(0)


def _line_of(error: BaseException) -> int:
    if isinstance(error, SyntaxError) and error.filename == wire.CODE_NAME:
        return error.lineno or 0
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == wire.CODE_NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _line_in(frame: FrameType | None) -> int:
    while frame is not None and frame.f_code.co_filename != wire.CODE_NAME:
        frame = frame.f_back
    return 0 if frame is None else frame.f_lineno or 0


def _read(room: Any) -> None:
    """Fill a buffer with what comes next."""
    view = memoryview(room).cast("B")
    while view:
        n_bytes = os.readv(_QUESTIONS, [view])
        if not n_bytes:
            os._exit(0)  # nobody asks any more
        view = view[n_bytes:]


def _read_length() -> int:
    room = bytearray(wire.LENGTH.size)
    _read(room)
    return int(wire.LENGTH.unpack(room)[0])


def _send(kind: int, body: bytes, printed: bytes, *, line: int = 0) -> None:
    if kind != wire.VALUES:
        body = body[: wire.MAX_TEXT_BYTES]
    head = wire.ANSWER.pack(wire.MAGIC, kind, line, len(body), len(printed))
    data = head + body + printed
    while data:
        data = data[os.write(_ANSWERS, data) :]
