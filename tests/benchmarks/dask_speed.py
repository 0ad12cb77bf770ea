"""What a Dask cluster costs a trial beside local processes, and what six workers of one gain.

    python tests/benchmarks/dask_speed.py [--trials 30] [--seconds 10]

Synthetic trials, so that nothing but the executors is measured. The overhead is the time that a
trial of three epochs without work takes on one warm worker, verdicts included. The speed-up is of
24 trials that sleep in five epochs, over the time they would take one after the other; starting
the cluster is not counted.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.events import RunEnded
from hpolab.executors import ExecutorSpec
from hpolab.testing.recorder import Recorder, order
from hpolab.testing.synthetic import synthetic_dask, synthetic_process

if TYPE_CHECKING:
    from hpolab.events import RunEvent
    from hpolab.executors import Executor, Verdict

WORKERS, TRIALS, EPOCHS = 6, 24, 5


def seconds_a_trial(executor: Executor, folder: Path, trials: int) -> list[float]:
    """What each of these trials takes, one after the other, the first of them left out."""
    seen, taken = Recorder(), []
    for trial in range(trials + 1):
        began = time.perf_counter()
        executor.submit(order(folder, trial))
        seen.follow_to_end(executor, trial + 1)
        taken.append(time.perf_counter() - began)
    return taken[1:]


def warm_up(executor: Executor, folder: Path) -> None:
    """Have every worker train something, so that its child is there."""
    seen = Recorder()
    for trial in range(executor.slots):
        executor.submit(order(folder, 1000 + trial, sleep=1.0))
    seen.follow(executor, until=lambda: seen.n_ends() == executor.slots, seconds=120)


def speed_up(executor: Executor, folder: Path, seconds: float) -> float:
    """How much faster than one after the other trials of so many seconds are."""
    ended, waiting = [], list(range(TRIALS))

    def submit() -> None:
        executor.submit(order(folder, waiting.pop(), epochs=EPOCHS, sleep=seconds / EPOCHS))

    def handle(event: RunEvent) -> Verdict:
        if isinstance(event, RunEnded):
            ended.append(event)
            if waiting:
                submit()
        return None

    began = time.perf_counter()
    for _ in range(executor.slots):
        submit()
    while len(ended) < TRIALS:
        executor.poll(handle, 0.2)
    return TRIALS * seconds / (time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=30, help="to measure the overhead with")
    parser.add_argument("--seconds", type=float, default=10.0, help="that a sleeping trial takes")
    given = parser.parse_args()
    makers = {"process": synthetic_process, "dask": synthetic_dask}
    with tempfile.TemporaryDirectory() as place:
        for name, make in makers.items():
            with make(ExecutorSpec(workers=1)) as executor:
                taken = seconds_a_trial(executor, Path(place) / name, given.trials)
            print(
                f"{name:8} {1000 * statistics.median(taken):7.1f} ms a trial of three epochs "
                f"(median of {given.trials}; slowest {1000 * max(taken):.0f} ms)"
            )
        for name, make in makers.items():
            began = time.perf_counter()
            with make(ExecutorSpec(workers=WORKERS)) as executor:
                warm_up(executor, Path(place) / name)
                started = time.perf_counter() - began
                factor = speed_up(executor, Path(place) / name, given.seconds)
            print(
                f"{name:8} {factor:5.2f} times as fast with {WORKERS} workers, {TRIALS} trials "
                f"that sleep {given.seconds:g} s (warm after {started:.1f} s)"
            )


if __name__ == "__main__":
    main()
