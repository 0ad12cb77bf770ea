"""How many trials an hour: hpolab against Optuna around ``fit`` and against KerasTuner.

Run ``make bench-speed``, or ``python tests/benchmarks/trials_per_hour.py [--work digits]
[--trials 24] [--blocks 3]``. The same configurations, epochs, data and seed for everybody; each
way in a process of its own, taking turns block by block, so that a change in the machine's load
meets all of them. Everybody has trained a small trial before the clock starts; how long that took
is printed too. While other work runs on the machine, the ratio of CPU seconds is the figure to
trust: waiting for a core is not in it. The others run as TensorFlow sets itself up; on a processor
without AVX-512 that leaves out oneDNN, which hpolab switches on, so ``TF_ENABLE_ONEDNN_OPTS=1``
before the command gives it to all of them. Needs Linux for CPU seconds, and keras-tuner (the extra
``bench``) for the third way.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import sys
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from speed_contenders import begin
from speed_processes import OwnProcess
from speed_works import WORKERS, WORKS, Work

OURS, BARE = "hpolab", "bare steps"
OTHERS = ("Optuna + fit", "KerasTuner")
HEADING = (
    f"{'way':13} {'trials':>6} {'wall s':>7} {'CPU s':>7} {'per hour':>8} {'faster':>7} "
    f"{'by CPU':>7} {'accuracy':>9} {'start s':>8}"
)


@dataclass
class Contender:
    """A way to train, in its process."""

    name: str
    start: float = 0.0
    wall: float = 0.0
    cpu: float = 0.0
    results: list[float | None] = field(default_factory=list)
    _process: OwnProcess | None = None

    def launch(self) -> None:
        self._process = OwnProcess(partial(begin, self.name))
        self.start = self._process.start

    def forget(self) -> None:
        """Start counting anew."""
        self.wall = self.cpu = 0.0
        self.results = []

    def train(self, config: Any) -> None:
        assert self._process is not None, "launch it first"
        before = cpu_seconds(self._process.pid)
        answer = self._process.do(config)
        self.cpu += cpu_seconds(self._process.pid) - before
        self.wall += answer["wall"]
        self.results += answer["accuracies"]

    def end(self) -> None:
        if self._process is not None:
            self._process.end()

    @property
    def wall_per_trial(self) -> float:
        return self.wall / len(self.results)

    @property
    def cpu_per_trial(self) -> float:
        return self.cpu / len(self.results)


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and all its descendants, those that have ended included."""
    if not Path("/proc").is_dir():
        return float("nan")
    parents, ticks = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # has just ended
            continue
        number = int(stat.parent.name)
        parents[number], ticks[number] = int(fields[1]), sum(map(int, fields[11:15]))
    family = {pid}
    while more := {n for n, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(ticks.get(member, 0) for member in family) / os.sysconf("SC_CLK_TCK")


def measure(work: Work, contenders: list[Contender], *, trials: int, blocks: int) -> None:
    """Let everybody train the same configurations, in turns; tells how far it is on stderr."""
    for contender in contenders:
        contender.forget()
    for block in range(blocks):
        share = trials // blocks + (block < trials % blocks)
        config = work.sweep(trials=share, seed=block + 1)
        for contender in contenders[:: 1 if block % 2 == 0 else -1]:
            contender.train(config)
            done = f"{len(contender.results)} trials, {contender.wall:.1f} s, "
            done += f"{contender.cpu:.1f} CPU s"
            print(f"{work.name}: {contender.name}: {done}", file=sys.stderr, flush=True)


def report(work: Work, contenders: list[Contender]) -> bool:
    """Print the table of one work; whether the bar is met."""
    by_name = {contender.name: contender for contender in contenders}
    ours = by_name[OURS]
    bare = by_name.pop(BARE)
    print(f"\n{work.title}, {work.epochs} epochs; {WORKERS} workers on {os.cpu_count()} cores, "
          f"load {os.getloadavg()[0]:.1f}")  # fmt: skip
    print(HEADING)
    for way in by_name.values():
        print(
            f"{way.name:13} {len(way.results):6} {way.wall_per_trial:7.2f} "
            f"{way.cpu_per_trial:7.2f} {3600 / way.wall_per_trial:8.0f} "
            f"{way.wall_per_trial / ours.wall_per_trial:6.2f}x "
            f"{way.cpu_per_trial / ours.cpu_per_trial:6.2f}x "
            f"{statistics.mean(a or 0 for a in way.results):9.3f} {way.start:8.1f}"
        )
    _print_limit(ours, bare)
    others = [by_name[name] for name in OTHERS if name in by_name]
    for other in others:
        _print_accuracy(ours, other)
    ratio = min(other.wall_per_trial for other in others) / ours.wall_per_trial
    met = ratio >= work.bar
    print(
        f"bar {work.bar}x the faster of the others: {'met' if met else 'NOT met'}, {ratio:.2f}x",
        flush=True,
    )
    return met


def _print_limit(ours: Contender, bare: Contender) -> None:
    """How far the sweep is from its compiled training steps alone, spread over all cores."""
    seconds = sum(result or 0 for result in bare.results) / len(bare.results)
    limit = 3600 * WORKERS / seconds
    share = 3600 / ours.wall_per_trial / limit
    print(
        f"limit: the compiled steps alone take {seconds:.2f} CPU s a trial, {limit:.0f} trials an "
        f"hour on {WORKERS} cores; hpolab reaches {share:.0%} by wall clock, "
        f"{seconds / ours.cpu_per_trial:.0%} by CPU time"
    )


def _print_accuracy(ours: Contender, other: Contender) -> None:
    pairs = [
        (a, b)
        for a, b in zip(ours.results, other.results, strict=True)
        if a is not None and b is not None
    ]
    differences = [a - b for a, b in pairs]
    if len(differences) < 2:
        return
    mean = statistics.mean(differences)
    error = statistics.stdev(differences) / len(differences) ** 0.5
    verdict = "equal within noise" if abs(mean) <= max(2 * error, 0.005) else "DIFFERENT"
    left_out = len(ours.results) - len(pairs)
    told = f"; {left_out} left out, not trained to its end (NaN or an error)" if left_out else ""
    print(
        f"accuracy less that of {other.name}: {mean:+.4f} ± {error:.4f} (standard error), "
        f"median {statistics.median(differences):+.4f}; {verdict}{told}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--work", choices=list(WORKS), action="append", help="default: all")
    parser.add_argument("--trials", type=int, default=24)
    parser.add_argument("--blocks", type=int, default=3, help="turns that everybody takes")
    options = parser.parse_args()
    ways = [OURS, *OTHERS, BARE]
    if importlib.util.find_spec("keras_tuner") is None:
        print('KerasTuner is not installed and is left out: pip install "hpolab[bench]"')
        ways.remove("KerasTuner")
    contenders = [Contender(name) for name in ways]
    met = []
    try:
        for contender in contenders:
            contender.launch()
        for work in map(WORKS.__getitem__, options.work or WORKS):
            measure(work, contenders, trials=options.trials, blocks=options.blocks)
            met.append(report(work, contenders))
    finally:
        for contender in contenders:
            contender.end()
    sys.exit(not all(met))


if __name__ == "__main__":
    main()
