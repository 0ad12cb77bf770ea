"""How a worker's memory grows over real trials, with workers recycled as they are by default.

Run ``python tests/benchmarks/worker_memory.py [trials] [recycle_after]``. Trains small networks
of many shapes on digits, one after another, in one slot, and prints the highest resident memory
in every ten trials, and the growth from trial to trial. Linux only.
"""

from __future__ import annotations

import itertools
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from hpolab.config import SweepConfig
from hpolab.events import EpochEnded, RunEnded, RunEvent
from hpolab.executors import ExecutorSpec
from hpolab.executors.process import ProcessExecutor
from hpolab.search import PrunerSpec, SamplerSpec, Search
from hpolab.testing.processes import descendants
from hpolab.trial import DatasetSpec, RunSpec

EPOCHS = 2
SAMPLES = 300


def megabytes_after_each(trials: int, *, recycle_after: int, folder: Path) -> list[float]:
    """Resident memory of the worker after the last epoch of each run, when it waits for a word.

    Taken from outside: the first of our descendants is the server that forks the workers, and the
    largest of the others is the worker in service.
    """
    search = Search(
        SweepConfig().search_space(),
        sampler=SamplerSpec.parse("random"),
        pruner=PrunerSpec.parse("none"),
        seed=0,
        epochs=EPOCHS,
    )
    seen: list[float] = []
    ended = 0

    def hear(event: RunEvent) -> None:
        nonlocal ended
        if isinstance(event, EpochEnded) and event.epoch.epoch == EPOCHS:
            seen.append(max(_resident_megabytes(pid) for pid in descendants()[1:]))
        if isinstance(event, RunEnded):
            assert event.result.state == "completed", event.result.reason
            ended += 1

    with ProcessExecutor(workers=1, recycle_after=recycle_after) as executor:
        for number in range(trials):
            executor.submit(_order(number, search.ask(number), folder))
            while ended <= number:
                executor.poll(hear, 0.5)
    return seen


def _order(number: int, params: dict[str, bool | int | float | str], folder: Path) -> RunSpec:
    return RunSpec(
        trial=number,
        model="cnn",
        params=params,
        dataset=DatasetSpec(name="digits", max_samples=SAMPLES),
        epochs=EPOCHS,
        folder=folder / f"{number:04d}",
    )


def _resident_megabytes(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    given = [int(argument) for argument in sys.argv[1:]]
    trials = given[0] if given else 100
    recycle_after = given[1] if len(given) > 1 else ExecutorSpec().recycle_after
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        seen = megabytes_after_each(trials, recycle_after=recycle_after, folder=Path(folder))
    print(f"{trials} trials, workers replaced after {recycle_after} runs")
    for first in range(0, trials, 10):
        window = seen[first : first + 10]
        print(f"trials {first:4} to {first + len(window) - 1:4}: up to {max(window):6.0f} MB")
    growth = [b - a for a, b in itertools.pairwise(seen) if b > a - 20]
    print(f"highest {max(seen):.0f} MB, in the second half {max(seen[trials // 2 :]):.0f} MB")
    print(f"growth from trial to trial: median {statistics.median(growth):.1f} MB")
    print(f"{(time.monotonic() - began) / trials:.2f} s a trial")


if __name__ == "__main__":
    main()
