"""The line-up: trials between being sampled and being settled, equal ones trained only once."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from hpolab.search import configuration_key

if TYPE_CHECKING:
    from hpolab.coordination.settling import Settling
    from hpolab.record import SweepRecord, TrialRecord
    from hpolab.space import Params
    from hpolab.trial import RunResult

__all__ = ["Lineup"]


class Lineup:
    """Trials that wait for a worker, and their twins that wait for them.

    The first trial of a configuration is trained; later equal ones share its result. Where that
    cannot be shared (it failed, it was cancelled, its file is lost), the next one is trained.
    """

    def __init__(self, record: SweepRecord, settling: Settling) -> None:
        """Begin with what is settled already; trials that are not, are to be admitted."""
        self._record = record
        self._settling = settling
        self._queue: deque[int] = deque()
        self._first: dict[str, int] = {}
        self._twins: dict[int, list[int]] = {}
        for trial in record.finished():
            if _is_reusable(trial):
                self._first.setdefault(configuration_key(trial.params), trial.number)

    def __len__(self) -> int:
        """How many trials could go to a worker at once."""
        return len(self._queue)

    def admit(self, number: int) -> None:
        """Queue a sampled trial, or let it share the result of an equal one."""
        key = configuration_key(self._params(number))
        first = self._first.setdefault(key, number)
        if first == number:
            self._queue.append(number)
        elif self._record.trials[first].ended is None:
            self._twins.setdefault(first, []).append(number)
        elif (result := self._settling.result_of(first)) is not None:
            self.settle(number, result, reused_from=first)
        else:
            self._first[key] = number
            self._queue.append(number)

    def next(self) -> int:
        """Take the trial that has waited longest."""
        return self._queue.popleft()

    def put_back(self, number: int) -> None:
        """Let a trial that has lost its worker be the next one."""
        self._queue.appendleft(number)

    def settle(self, number: int, result: RunResult, *, reused_from: int | None = None) -> None:
        """Settle a trial, wherever it was, and its twins with it or in its place."""
        if number in self._queue:
            self._queue.remove(number)
        for waiting in self._twins.values():
            if number in waiting:
                waiting.remove(number)
        self._settling.settle(number, result, reused_from=reused_from)
        key = configuration_key(self._params(number))
        if self._first.get(key) == number and not _is_reusable(self._record.trials[number]):
            del self._first[key]
        for twin in self._twins.pop(number, []):
            self.admit(twin)

    def _params(self, number: int) -> Params:
        return self._record.trials[number].params


def _is_reusable(trial: TrialRecord) -> bool:
    """Whether training it again would give the same: it ended by its own or the pruner's word.

    A pruner that judged by other weights has not spoken for these.
    """
    return trial.state == "completed" or (trial.state == "pruned" and not trial.inherited)
