"""What a whole coordinator costs a trial: asking, judging ten epochs, journal, files, telling.

Run ``python tests/benchmarks/coordinator_overhead.py [trials ...] [--profile]``. A real sweep
folder with tpe and the median pruner, and trials that cost nothing themselves: what a scripted
executor says is made beforehand. Prints milliseconds of wall-clock and of CPU time a trial, of
the whole sweep and of its last fifth. Bars: 10 ms at 200 trials, 25 ms at 1,000.
"""

from __future__ import annotations

import cProfile
import pstats
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.config import SweepConfig
from hpolab.coordination.coordinator import Coordinator
from hpolab.events import EpochEnded, RunEnded, TrialEnded
from hpolab.storage.folder import SweepFolder
from hpolab.testing.scripted import ScriptedExecutor, trained

if TYPE_CHECKING:
    from hpolab.events import Entry, RunEvent
    from hpolab.trial import RunSpec

EPOCHS = 10


class Timed:
    """Makes the work's events, and keeps how long that took: it is not the coordinator's cost."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0
        self.ends: list[tuple[float, float]] = []

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
            now = (time.perf_counter() - self.wall, time.process_time() - self.cpu)
            self.ends.append(now)


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
    record = coordinator.run()
    assert len(record.finished()) == trials
    return timed


def _milliseconds(ends: list[tuple[float, float]]) -> str:
    (wall, cpu), (last_wall, last_cpu) = ends[0], ends[-1]
    n = len(ends) - 1
    each = [1e3 * (b[0] - a[0]) for a, b in zip(ends, ends[1:], strict=False)]
    return (
        f"{1e3 * (last_wall - wall) / n:6.2f} ms wall-clock "
        f"(median {statistics.median(each):5.2f}), {1e3 * (last_cpu - cpu) / n:6.2f} ms CPU"
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
