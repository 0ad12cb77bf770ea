"""How much sooner a sweep ends with more RunPod workers: trials of equal length, which sleep.

Run ``python tests/benchmarks/remote_speedup.py [--seconds 10] [--rounds 3] [--only sdk]``. A real
coordinator and its executor talk HTTP to the platform of hpolab.testing on loopback. Its workers
are

* simulated ones, which take the next job at once: what the coordinator and the executor lose.
  Bars: 5.9 at 6 workers, 29 at 32, of the time that the trials take one after the other. First
  with as many jobs in flight as there are workers, then with a third more, of which some wait at
  the platform, so that no worker waits for the coordinator
* the SDK's own worker processes, with its idle time of up to a second between two jobs. Bar: 5.6
  at 6 workers, of the time that one such worker takes

Prints for each how many seconds went from the first job's submission to the end of the last trial.
Sleeping needs no cores, but 32 loaded ones in a queue for two would be measured too: see the load.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remote_sleeper import sleep

from hpolab.config import SweepConfig
from hpolab.coordination.coordinator import Coordinator
from hpolab.events import TrialEnded, TrialStarted
from hpolab.executors.runpod import RunPodExecutor
from hpolab.settings import runpod_settings
from hpolab.storage.folder import SweepFolder
from hpolab.testing.runpod_platform import KEY, RunPodPlatform
from hpolab.testing.runpod_workers import sdk_workers, simulate_workers
from hpolab.testing.synthetic import WORK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hpolab.events import Entry

_SLEEPER = Path(__file__).with_name("remote_sleeper.py")


def sweep_seconds(platform: RunPodPlatform, *, jobs: int, trials: int) -> float:
    """From the first trial's beginning to the last one's end."""
    config = SweepConfig(
        model=WORK,
        space={"learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}},
        epochs=3,
        budget=trials,
        sampler="random",
        pruner="none",
    )
    times: list[float] = []

    def hear(entry: Entry) -> None:
        if isinstance(entry.event, TrialStarted | TrialEnded):
            times.append(time.monotonic())

    executor = RunPodExecutor(platform.spec(), slots=jobs, work=WORK)
    with tempfile.TemporaryDirectory() as place:
        folder = SweepFolder.create(Path(place) / "sweep", config.to_dict())
        options: dict[str, Any] = {"fingerprint": "", "on_entry": hear}
        record = Coordinator(folder, config, executor=executor, **options).run()
    assert [trial.state for trial in record.trials.values()] == ["completed"] * trials
    return times[-1] - times[0]


@contextmanager
def simulated(workers: int, seconds: float) -> Iterator[RunPodPlatform]:
    """A platform with workers that are tasks in its own process."""

    async def handler(job_input: Any, tell: Callable[[Any], None]) -> Any:
        return await sleep(job_input, seconds)

    with RunPodPlatform(lease_seconds=60) as platform:
        simulate_workers(platform, handler, count=workers)
        yield platform


@contextmanager
def real(workers: int, seconds: float) -> Iterator[RunPodPlatform]:
    """A platform with the SDK's worker processes."""
    command = [str(_SLEEPER), str(seconds)]
    with (
        RunPodPlatform(lease_seconds=60) as platform,
        sdk_workers(platform, command, count=workers),
    ):
        yield platform


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=10.0, help="of a trial")
    parser.add_argument("--rounds", type=int, default=3, help="trials of each worker")
    parser.add_argument("--only", choices=["simulated", "sdk"], help="one half of it")
    given = parser.parse_args()
    os.environ["RUNPOD_API_KEY"] = KEY
    runpod_settings.cache_clear()
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"{load}; trials of {given.seconds:g} s", flush=True)
    if given.only != "sdk":
        for workers, bar in ((6, 5.9), (32, 29.0)):
            for jobs in (workers, workers + workers // 3):
                _measure_simulated(workers, jobs, bar, given.rounds, given.seconds)
    if given.only != "simulated":
        _measure_sdk(given.rounds, given.seconds)


def _measure_simulated(workers: int, jobs: int, bar: float, rounds: int, seconds: float) -> None:
    trials = workers * rounds
    with simulated(workers, seconds) as platform:
        cpu = time.process_time()
        taken = sweep_seconds(platform, jobs=jobs, trials=trials)
        cpu = time.process_time() - cpu
    print(
        f"simulated, {workers} workers, {jobs} jobs: {trials} trials in {taken:.1f} s, speed-up "
        f"{trials * seconds / taken:.2f} (bar {bar:g}); {cpu:.1f} s of CPU, server included",
        flush=True,
    )


def _measure_sdk(rounds: int, seconds: float) -> None:
    each = {}
    for workers in (1, 6):
        with real(workers, seconds) as platform:
            trials = workers * rounds
            each[workers] = sweep_seconds(platform, jobs=workers, trials=trials) / trials
        print(
            f"SDK, {workers} workers: {trials} trials, {each[workers]:.2f} s each: "
            f"{seconds / each[workers]:.2f} times one after the other without the SDK",
            flush=True,
        )
    print(f"SDK: speed-up {each[1] / each[6]:.2f} (bar 5.6)")


if __name__ == "__main__":
    main()
