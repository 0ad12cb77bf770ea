"""What a whole coordinator costs a trial: asking, judging ten epochs, journal, files, telling.

Run ``python tests/benchmarks/coordinator_overhead.py [trials ...] [--profile]``. A real sweep
folder with tpe and the median pruner, and trials that cost nothing themselves: what a scripted
executor says is made beforehand. Prints milliseconds a trial of wall-clock and of CPU time, of
the whole sweep and of its last fifth, and how much of the CPU time the search took (Optuna's
sampler and pruner). Bars: 10 ms at 200 trials, 25 ms at 1,000.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpolab.config import SweepConfig
from hpolab.coordination.coordinator import Coordinator
from hpolab.events import EpochEnded, RunEnded, TrialEnded
from hpolab.storage.folder import SweepFolder
from hpolab.testing.scripted import ScriptedExecutor, trained

if TYPE_CHECKING:
    from collections.abc import Callable

    from hpolab.events import Entry, RunEvent
    from hpolab.trial import RunSpec

EPOCHS = 10


class Timed:
    """Makes the work's events, and keeps how long that took: it is not the coordinator's cost."""

    def __init__(self) -> None:
        self.wall = self.cpu = self.search = 0.0
        self.ends: list[tuple[float, float, float]] = []

    def work(self, spec: RunSpec) -> list[RunEvent]:
        wall, cpu = time.perf_counter(), time.process_time()
        events = trained(spec)
        self.wall += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu
        assert sum(isinstance(event, EpochEnded) for event in events) == EPOCHS
        assert isinstance(events[-1], RunEnded)
        return events

    def hear(self, entry: Entry) -> None:
        if isinstance(entry.event, TrialEnded):
            wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
            self.ends.append((wall, cpu, self.search))

    def searching(self, method: Callable[..., Any]) -> Callable[..., Any]:
        """The same method of the search, its time taken."""

        def timed(*arguments: Any) -> Any:
            began = time.process_time()
            answer = method(*arguments)
            self.search += time.process_time() - began
            return answer

        return timed


def run(trials: int, folder: Path) -> Timed:
    """A sweep of so many trials."""
    config = SweepConfig(
        budget=trials, epochs=EPOCHS, sampler="tpe", pruner="median", record="best"
    )
    timed = Timed()
    coordinator = Coordinator(
        SweepFolder.create(folder, config.to_dict()),
        config,
        executor=ScriptedExecutor(timed.work),
        fingerprint="none",
        on_entry=timed.hear,
    )
    for name in ("ask", "report", "tell", "exhausted"):
        search = coordinator._search
        setattr(search, name, timed.searching(getattr(search, name)))
    record = coordinator.run()
    assert len(record.finished()) == trials
    return timed


def _milliseconds(ends: list[tuple[float, float, float]]) -> str:
    wall, cpu, search = (
        1e3 * (last - first) / (len(ends) - 1)
        for first, last in zip(ends[0], ends[-1], strict=True)
    )
    return (
        f"{wall:6.2f} ms wall-clock, {cpu:6.2f} ms CPU: "
        f"{search:6.2f} in the search, {cpu - search:5.2f} for the rest"
    )


def main() -> None:
    counts = [int(argument) for argument in sys.argv[1:] if argument.isdigit()] or [200, 1000]
    for trials in counts:
        profile = cProfile.Profile()
        with tempfile.TemporaryDirectory() as place:
            if "--profile" in sys.argv:
                profile.enable()
            timed = run(trials, Path(place) / "sweep")
            profile.disable()
        print(f"{trials:5} trials:      {_milliseconds(timed.ends)}")
        print(f"   the last fifth: {_milliseconds(timed.ends[-trials // 5 :])}")
        if "--profile" in sys.argv:
            pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
