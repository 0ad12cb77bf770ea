"""Run the cells of a matrix: so many at once, each in a process of its own, whatever befalls one.

What is finished is told by the sweeps' journals, not by which files are there, so that a batch
that was stopped, or killed, goes on where it was when it is run again.
"""

from __future__ import annotations

import json
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpolab.batch.cell import NO_KERNEL
from hpolab.batch.launching import Launched, last_words
from hpolab.batch.matrix import together
from hpolab.batch.outcomes import Outcome, State, outcome
from hpolab.coordination.interrupts import clean_stop_on_signals
from hpolab.errors import ConfigError, DataError, HpolabError
from hpolab.reports import write_report
from hpolab.reports.troubles import troubles
from hpolab.settings import settings
from hpolab.sweep import Sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hpolab.batch.matrix import Cell
    from hpolab.batch.place import Place

__all__ = ["Batch", "check_cells", "fitting"]

_GLANCE_SECONDS = 0.2
_NEWS_SECONDS = 60.0
"""Between lines on what is running: a job that is silent for long is taken for dead."""

_ATTEMPTS = 2
"""Of a cell whose process dies, for want of memory say, before its sweep has ended."""


def check_cells(cells: Sequence[Cell]) -> None:
    """Refuse what cannot work before anything is started; data that are missing are fetched.

    Raises:
        ConfigError: Says all that is wrong, with which cells; also a sweep of an earlier matrix
            that has a cell's name, but was asked for something else.
    """
    troubles: list[tuple[str, ConfigError]] = []
    for cell in cells:
        try:
            Sweep(cell.config).check()
        except ConfigError as error:
            troubles.append((cell.name, error))
        except DataError as error:
            troubles.append((cell.name, ConfigError(str(error), field="dataset")))
    if troubles:
        raise together(troubles, among=len(cells))


def fitting(cells: Sequence[Cell]) -> int:
    """How many cells at once keep the machine's cores busy without queueing for them."""
    cores = settings().max_training or settings().workers
    widest = max(cell.config.executor.slots for cell in cells)
    return max(1, min(len(cells), cores // widest))


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a cell ended."""

    state: State
    reason: str


class Batch:
    """One run of a matrix in its directory.

    Args:
        cells: All of them, checked.
        place: The directory.
        parallel: How many at once.
        say: Told a line for each thing that happens.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        place: Place,
        *,
        parallel: int,
        say: Callable[[str], object],
    ) -> None:
        self._cells = cells
        self._place = place
        self._parallel = parallel
        self._say = say
        self._waiting: deque[tuple[Cell, int]] = deque()
        self._running: list[Launched] = []
        self._ends: dict[str, _Ended] = {}
        self._why_stop = ""
        self._told_at = time.monotonic()

    @property
    def is_stopped(self) -> bool:
        """Whether it was asked to end early."""
        return bool(self._why_stop)

    def run(self) -> None:
        """Run what is not finished; returns when all cells have ended, or the wish to stop is met.

        Ctrl-C once, or SIGTERM, lets every running sweep stop cleanly and starts no other; twice
        ends all at once.

        Raises:
            StoreError: The directory cannot be written.
        """
        self._place.cells.mkdir(parents=True, exist_ok=True)
        self._pass_over_finished()
        with clean_stop_on_signals(self._ask_to_stop):
            try:
                while self._running or (self._waiting and not self._why_stop):
                    self._step()
                    time.sleep(_GLANCE_SECONDS)
            finally:
                for launched in self._running:
                    launched.kill()

    def outcomes(self) -> tuple[Outcome, ...]:
        """What came of every cell, in the order of the matrix."""
        return tuple(self._outcome(cell) for cell in self._cells)

    def _pass_over_finished(self) -> None:
        for cell in self._cells:
            if _is_done(cell, self._place):
                self._ends[cell.name] = _Ended("finished", "")
                self._tell(cell.name, f"finished before{_result(Sweep(cell.config))}")
            else:
                self._waiting.append((cell, 1))

    def _step(self) -> None:
        for launched in list(self._running):
            code = launched.ended()
            if code is not None:
                self._running.remove(launched)
                self._settle(launched, code)
        if self._why_stop:
            for launched in self._running:
                launched.stop()
            return
        while self._waiting and len(self._running) < self._parallel:
            self._launch(*self._waiting.popleft())
        if self._running and time.monotonic() - self._told_at >= _NEWS_SECONDS:
            self._tell("running", "; ".join(map(_standing, self._running)))

    def _launch(self, cell: Cell, attempt: int) -> None:
        launched = Launched(cell, self._place, attempt=attempt)
        self._running.append(launched)
        self._tell(cell.name, _beginning(launched.sweep))

    def _settle(self, launched: Launched, code: int) -> None:
        cell, sweep = launched.cell, launched.sweep
        end = self._judge(launched, code)
        took = _clock_time(time.monotonic() - launched.began)
        is_broken_off = code == NO_KERNEL or sweep.state in {"new", "interrupted"}
        died = is_broken_off and not self._why_stop
        if died and not _says_why(end.reason) and launched.attempt < _ATTEMPTS:
            self._tell(cell.name, f"died after {took}: {end.reason}; it is tried once more")
            self._waiting.appendleft((cell, launched.attempt + 1))
            return
        self._ends[cell.name] = end
        try:
            if sweep.folder.config.is_file():
                write_report(sweep, self._place.report(cell.name))
        except HpolabError as error:
            self._tell(cell.name, f"its report could not be written: {error}")
        if end.state == "finished":
            self._tell(cell.name, f"finished in {took}{_result(sweep)}")
        else:
            where = self._place.log(cell.name)
            self._tell(cell.name, f"{end.state.upper()} after {took}: {end.reason}; see {where}")

    def _judge(self, launched: Launched, code: int) -> _Ended:
        sweep = launched.sweep
        state = sweep.state
        why = last_words(self._place.log(launched.cell.name))
        if code == NO_KERNEL and not self._why_stop:
            return _Ended("interrupted" if state == "interrupted" else "failed", why)
        if state == "finished" and sweep.best is None:
            return _Ended("no winner", _why_nobody_won(sweep))
        if state == "finished" and code == 0:
            return _Ended("finished", "")
        if state == "stopped":
            return _Ended("stopped", sweep.record.reason.rstrip("."))
        if self._why_stop and state in {"new", "interrupted"}:
            return _Ended("not started" if state == "new" else "interrupted", self._why_stop)
        return _Ended("interrupted" if state == "interrupted" else "failed", why)

    def _outcome(self, cell: Cell) -> Outcome:
        sweep = Sweep(cell.config)
        end = self._ends.get(cell.name)
        if end is None:  # it never had its turn, or was ended at once
            begun = sweep.state not in {"new", "running"}
            end = _Ended("interrupted" if begun else "not started", self._why_stop)
        return outcome(cell, sweep, state=end.state, reason=end.reason)

    def _ask_to_stop(self, why: str) -> None:
        self._why_stop = why

    def _tell(self, name: str, what: str) -> None:
        self._told_at = time.monotonic()
        self._say(f"[{len(self._ends)}/{len(self._cells)}] {name}: {what}")


def _is_done(cell: Cell, place: Place) -> bool:
    """Whether its sweep is finished and its notebook tells so to the end."""
    sweep = Sweep(cell.config)
    if sweep.state != "finished" or sweep.best is None:
        return False
    try:
        notebook = json.loads(place.notebook(cell.name).read_text(encoding="utf-8"))
        told = notebook["metadata"]["papermill"]
    except (OSError, ValueError, LookupError, TypeError):
        return False
    return bool(told.get("end_time")) and not told.get("exception")


def _says_why(reason: str) -> bool:
    """Whether it ended by an error of the notebook, which a second try would only repeat."""
    name, colon, _ = reason.partition(":")
    return bool(colon) and name.endswith("Error") and "." not in name


def _beginning(sweep: Sweep) -> str:
    if sweep.state == "finished":
        return "finished before; its notebook is written again"
    known = len(sweep.record.finished())
    return f"goes on after {known} trials" if known else "started"


def _result(sweep: Sweep) -> str:
    best = sweep.best
    if best is None or best.ended is None:
        return ""
    trials = sweep.record.trials.values()
    failed = sum(trial.state == "failed" for trial in trials)
    text = f"; best score {best.score or 0.0:.3f}"
    if best.ended.test_accuracy is not None:
        text += f", test accuracy {best.ended.test_accuracy:.3f}"
    text += f" in {len(trials)} trials"
    return text + (f", {failed} failed" if failed else "")


def _why_nobody_won(sweep: Sweep) -> str:
    found = troubles(sweep.record.trials.values())
    return "none of its trials was completed" + (f": {found[0].reason}" if found else "")


def _standing(launched: Launched) -> str:
    record = launched.sweep.record
    limit = record.budget.trials if record.config else launched.cell.config.budget.trials
    done = f"{len(record.finished())}{f'/{limit}' if limit else ''} trials"
    best = launched.sweep.best
    return f"{launched.cell.name} {done}" + (f", best {best.score or 0.0:.3f}" if best else "")


def _clock_time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
