"""Computing a function of the user's own, in a process that can do nothing else."""

from __future__ import annotations

import json
import math
import os
import threading
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from hpolab.errors import ConfigError, ExecutorError, FitnessError
from hpolab.sandbox import _bubblewrap, _words
from hpolab.sandbox._process import Answer, Ended, Forged, SandboxProcess, Silent
from hpolab.sandbox.checking import check_source
from hpolab.sandbox.inside import wire
from hpolab.settings import app_settings, settings

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from hpolab.sandbox.function import OwnFunction

__all__ = ["OwnFitness", "SandboxedFitness", "UnprotectedFitness"]

_START_SECONDS = 60.0
"""To load numpy, where others use all cores. None of the user's code runs in that time."""


class OwnFitness(ABC):
    """A user's function as searches call it: points in, values out. Ends with its ``with`` block.

    Calls are answered one after another; ``kill`` may come from any thread. Where the function
    breaks a limit, its process is ended, and every later call raises the same error.

    Attributes:
        function: What is computed.
    """

    is_walled: ClassVar[bool]

    def __init__(self, function: OwnFunction, *, is_checked: bool = True) -> None:
        """Start the process, and run the source in it.

        Args:
            function: What is computed.
            is_checked: Whether the source is looked at first, for early and friendly errors.

        Raises:
            SourceError: The source cannot work.
            FitnessError: It raised when it was run.
            LimitBroken: It broke a limit when it was run.
            ConfigError: There is no sandbox on this machine.
            ExecutorError: No process can be started.
        """
        if is_checked:
            check_source(function.source)
        self.function = function
        self._limits = function.limits
        self._left_to_print = 1024 * self._limits.output_kb
        self._printed: list[bytes] = []
        self._over: FitnessError | None = None
        self._is_killed = False
        self._turn = threading.Lock()
        argv, environment = self._command()
        self._process = SandboxProcess(argv, environment=environment)
        try:
            self._start()
        except BaseException:
            self._process.close()
            raise

    def __call__(self, points: ArrayLike) -> NDArray[np.float64]:
        """The function's values, as they are: large ones are good where it says maximize.

        Args:
            points: Shape (n, dimensions).

        Returns:
            Shape (n,), no NaN.

        Raises:
            FitnessError: It raised, or a value is no number; it may be called again.
            LimitBroken: It broke a limit, or was killed; it may not.
        """
        batch = np.ascontiguousarray(points, dtype=np.float64)
        if batch.ndim != 2 or batch.shape[1] != self.function.dimensions:
            raise ConfigError(
                f"points must have the shape (n, {self.function.dimensions}); got {batch.shape}."
            )
        if len(batch) == 0:
            return np.empty(0)
        question = wire.LENGTH.pack(len(batch)) + batch.tobytes()
        with self._turn:
            answer = self._asked(question, n_values=len(batch))
        if answer.kind != wire.VALUES:
            raise _words.raised(answer.body, answer.line)
        values = np.frombuffer(answer.body, dtype=np.float64).copy()
        if math.isnan(values.dot(values)):  # as its parts, and quicker than to look at each
            index = int(np.argmax(np.isnan(values)))
            at = ", ".join(f"{part:g}" for part in batch[index][:10])
            raise FitnessError(f"fitness must give a number, but it gave NaN at ({at}).")
        return values

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def printed(self) -> str:
        """What the code has printed so far."""
        return b"".join(self._printed).decode(errors="replace")

    @property
    def pid(self) -> int | None:
        """Of the process; None when it has ended."""
        return self._process.pid

    def kill(self) -> None:
        """End it at once, also in the middle of a batch, which then raises."""
        self._is_killed = True
        self._process.kill()

    def close(self) -> None:
        """End it, and give back what it held. May be called twice."""
        self.kill()
        with self._turn:
            self._process.close()
            self._over = self._over or FitnessError("it has been stopped.")

    @abstractmethod
    def _command(self) -> tuple[list[str], dict[str, str] | None]:
        """Command line and environment of the process."""

    def _start(self) -> None:
        config: dict[str, Any] = {
            "source": self.function.source,
            "dimensions": self.function.dimensions,
            "is_vectorised": self.function.vectorised,
            "is_walled": self.is_walled,
            "cpu_seconds": self._limits.cpu_seconds,
            "memory_bytes": self._limits.memory_mb * 2**20,
            "output_bytes": self._left_to_print,
        }
        text = json.dumps(config).encode()
        try:
            deadline = time.monotonic() + _START_SECONDS
            question = wire.LENGTH.pack(len(text)) + text
            self._process.ask(question, n_values=0, max_printed=0, deadline=deadline)
        except Ended as end:
            raise ConfigError(f"the sandbox cannot be set up: {end.last_words}") from end
        except Silent as error:
            raise ExecutorError(
                f"the sandbox has not started in {_START_SECONDS:g} seconds; try again when the "
                "machine is less busy."
            ) from error
        answer = self._asked(wire.LENGTH.pack(0), n_values=0)
        if answer.kind != wire.READY:
            raise _words.raised(answer.body, answer.line)

    def _asked(self, question: bytes, *, n_values: int) -> Answer:
        """The answer to a question, of a kind that leaves the process alive."""
        if self._over is not None:
            raise self._over
        try:
            answer = self._process.ask(
                question,
                n_values=n_values,
                max_printed=self._left_to_print,
                deadline=time.monotonic() + self._limits.seconds,
            )
        except (Ended, Silent, Forged) as problem:
            self._over = self._told(problem)
            self._process.kill()
            raise self._over from problem
        if answer.printed:
            self._printed.append(answer.printed)
            self._left_to_print -= len(answer.printed)
        if answer.kind == wire.BROKE:
            name = answer.body.decode(errors="replace")
            self._over = _words.refused(name, self._limits, answer.line)
            self._process.kill()
            raise self._over
        return answer

    def _told(self, problem: Ended | Silent | Forged) -> FitnessError:
        if self._is_killed:
            return FitnessError("it has been stopped.")
        if isinstance(problem, Ended):
            return _words.ended(problem, self._limits)
        return _words.silent(self._limits) if isinstance(problem, Silent) else _words.forged()


class SandboxedFitness(OwnFitness):
    """A user's function behind a wall: see the package for what holds it."""

    is_walled = True

    def _command(self) -> tuple[list[str], dict[str, str] | None]:
        argv = _bubblewrap.command()
        if argv is None:
            raise ConfigError(_bubblewrap.MISSING)
        return argv, None


class UnprotectedFitness(OwnFitness):
    """A user's function in a process without a wall, which reads, writes and connects as you can.

    For code that you have read, on a machine of your own where bubblewrap is missing. Time,
    memory and output are limited as in the sandbox; nothing else is.

    Raises:
        ConfigError: The app serves strangers; or ``HPOLAB_RUN_UNPROTECTED_CODE`` is not set.
    """

    is_walled = False

    def _command(self) -> tuple[list[str], dict[str, str] | None]:
        if app_settings().public:
            raise ConfigError("strangers' code is never run without a sandbox.")
        if not settings().run_unprotected_code:
            raise ConfigError(
                "this function would run without a sandbox and could do whatever you can; if you "
                "have read it and trust it, set HPOLAB_RUN_UNPROTECTED_CODE=true."
            )
        return _bubblewrap.bare_command(), {**os.environ, **_bubblewrap.ENVIRONMENT}
