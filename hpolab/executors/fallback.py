"""Coming home: an executor elsewhere, and this machine in its place when it is of no use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hpolab.errors import ExecutorError
from hpolab.events import RunEnded, RunEvent, RunLost
from hpolab.executors._closing import Closing
from hpolab.executors.executor import Handler, Newsworthy, Verdict

if TYPE_CHECKING:
    from hpolab.executors.executor import Executor
    from hpolab.trial import RunSpec, Stop

__all__ = ["FallbackExecutor"]


class FallbackExecutor(Closing):
    """Uses the first executor until that fails as a whole, and the second from then on.

    Whoever polls is told of each run that was in flight then as lost, with nothing held against
    it; what had ended has ended. ``news`` says in words what happened.

    Args:
        first: Makes the executor to use; it may raise ExecutorError at once.
        second: Makes the one to come home to, when it is needed.
        takes_cores: Whether runs of the first take this machine's cores.
    """

    def __init__(
        self,
        first: Callable[[], Executor],
        second: Callable[[], Executor],
        *,
        takes_cores: bool = False,
    ) -> None:
        self._takes_cores = takes_cores
        self._second = second
        self._in_flight: dict[int, RunSpec] = {}
        self._to_tell: list[RunLost] = []
        self._news = ""
        self._is_home = False
        self._is_closed = False
        try:
            self._executor = first()
        except ExecutorError as error:
            self._come_home(error)

    @property
    def slots(self) -> int:
        """Of the executor that is used now."""
        return self._executor.slots

    @property
    def is_local(self) -> bool:
        """Whether it has come home, or was there from the beginning."""
        return self._is_home or self._takes_cores

    def news(self) -> str:
        """That it has come home, and why; or what its executor has to say."""
        news, self._news = self._news, ""
        if not news and isinstance(self._executor, Newsworthy):
            news = self._executor.news()
        return news

    def submit(self, spec: RunSpec) -> None:
        """Give a run to the executor that is used now."""
        is_in_order = spec.trial not in self._in_flight and len(self._in_flight) < self.slots
        if self._is_home:  # which may have other GPUs, or none
            spec = spec.replace(gpus=0, gpu_share=None)
        try:
            self._executor.submit(spec)
        except ExecutorError as error:
            if not is_in_order:
                raise
            self._in_flight[spec.trial] = spec
            self._come_home(error)
        self._in_flight[spec.trial] = spec

    def poll(self, handle: Handler, timeout: float) -> None:
        """Hand over what the executor tells, or which runs were lost with it."""
        if self._to_tell:
            lost = self._to_tell.pop()
            del self._in_flight[lost.trial]
            handle(lost)
            return

        def hear(event: RunEvent) -> Verdict:
            if isinstance(event, RunEnded | RunLost):
                del self._in_flight[event.trial]
            return handle(event)

        try:
            self._executor.poll(hear, timeout)
        except ExecutorError as error:
            self._come_home(error)

    def release(self) -> None:
        """Let every held run go on."""
        self._executor.release()

    def cancel(self, trial: int, stop: Stop, *, grace_seconds: float = 2.0) -> None:
        """Ask a run to end."""
        self._executor.cancel(trial, stop, grace_seconds=grace_seconds)

    def close(self) -> None:
        """End whatever runs."""
        self._is_closed = True
        self._executor.close()

    def _come_home(self, error: ExecutorError) -> None:
        """Change executors; an error of the one at home, or of a closed one, is for others."""
        if self._is_home or self._is_closed:
            raise error
        was_at_work = hasattr(self, "_executor")
        if was_at_work:
            self._executor.close()
        self._is_home = True
        self._executor = self._second()
        which = "the other" if was_at_work else "all"
        self._news = f"{str(error).rstrip('.')}; {which} trials train on this machine instead"
        self._to_tell = [
            RunLost(
                trial=spec.trial,
                attempt=spec.attempt,
                reason="its executor was given up",
                is_suspect=False,
            )
            for spec in self._in_flight.values()
        ]


if TYPE_CHECKING:

    def _conforms(executor: FallbackExecutor) -> Executor:
        return executor
