"""How fast a function of the user's own is behind the wall, beside the same calls without one.

Batches of 50 points that take about a millisecond each, in rounds that take turns; wall-clock time
and processor time of everybody involved. The bar is 90 % of the speed without a sandbox.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # on both sides, before numpy is loaded

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hpolab.sandbox import Limits, OwnFunction, SandboxedFitness

POINTS = 50
BATCH_SECONDS = 1e-3
ROUND_SECONDS = 0.2
ROUNDS = 7

SOURCES = {
    "linear algebra, a point at a time": (
        False,
        10,
        """
import numpy as np

MATRIX = np.random.default_rng(1).standard_normal((10, 10))

def fitness(x):
    y = x
    for _ in range({n}):
        y = np.tanh(MATRIX @ y)
    return float(y @ y)
""",
    ),
    "plain Python, a point at a time": (
        False,
        10,
        """
import math

def fitness(x):
    total = 0.0
    for _ in range({n}):
        for part in x:
            total += part * part - 10 * math.cos(2 * math.pi * part) + 10
    return total
""",
    ),
    "linear algebra, all points at once": (
        True,
        30,
        """
import numpy as np

MATRIX = np.random.default_rng(1).standard_normal((30, 30))

def fitness(points):
    y = points
    for _ in range({n}):
        y = np.tanh(y @ MATRIX)
    return (y * y).sum(axis=1)
""",
    ),
}


def main() -> None:
    print(f"batches of {POINTS} points, about {1000 * BATCH_SECONDS:g} ms each; median of rounds")
    columns = "ms a batch", "walled", "speed", "CPU ms", "walled", "speed"
    print(f"{'':36}" + "".join(f"{words:>11}" for words in columns))
    for words, (is_vectorised, dimensions, template) in SOURCES.items():
        n = sized(template, is_vectorised, dimensions)
        compare(words, template.replace("{n}", str(n)), is_vectorised, dimensions)


def direct(source: str, is_vectorised: bool) -> Callable[[Any], Any]:
    """The function as one would call it without any sandbox, in this process."""
    namespace: dict[str, Any] = {}
    exec(compile(source, "fitness.py", "exec"), namespace)
    fitness = namespace["fitness"]
    if is_vectorised:
        return fitness
    return lambda points: np.array([fitness(point) for point in points])


def sized(template: str, is_vectorised: bool, dimensions: int) -> int:
    """How many steps of the function make a batch take its time on this machine."""
    points = np.zeros((POINTS, dimensions))
    n = 1
    while True:
        call = direct(template.replace("{n}", str(n)), is_vectorised)
        seconds = min(timed(call, points) for _ in range(20))
        if seconds >= BATCH_SECONDS:
            return n
        n += max(1, int(n * (BATCH_SECONDS - seconds) / (2 * seconds)))


def timed(call: Callable[[Any], Any], points: Any) -> float:
    start = time.perf_counter()
    call(points)
    return time.perf_counter() - start


def compare(words: str, source: str, is_vectorised: bool, dimensions: int) -> None:
    points = np.random.default_rng(0).uniform(-5, 5, (POINTS, dimensions))
    function = OwnFunction(
        source=source,
        dimensions=dimensions,
        vectorised=is_vectorised,
        limits=Limits(cpu_seconds=3600),
    )
    bare = direct(source, is_vectorised)
    with SandboxedFitness(function) as walled:
        assert walled.pid is not None
        np.testing.assert_array_equal(walled(points), bare(points))
        processes = [os.getpid(), *below(walled.pid)]
        n_batches = int(ROUND_SECONDS / BATCH_SECONDS)
        rounds: dict[Any, list[tuple[float, float]]] = {bare: [], walled: []}
        for _ in range(ROUNDS):
            for call, measured in rounds.items():
                measured.append(round_of(call, points, n_batches, processes))
    figures = [
        [1000 * statistics.median(kind) / n_batches for kind in zip(*measured, strict=True)]
        for measured in rounds.values()
    ]
    (wall, cpu), (walled_wall, walled_cpu) = figures
    print(
        f"{words:36}{wall:11.3f}{walled_wall:11.3f}{wall / walled_wall:11.1%}"
        f"{cpu:11.3f}{walled_cpu:11.3f}{cpu / walled_cpu:11.1%}"
    )


def round_of(
    call: Callable[[Any], Any], points: Any, n_batches: int, processes: list[int]
) -> tuple[float, float]:
    """Seconds on the clock and of processor time, of all the processes together."""
    start, used = time.perf_counter(), on_processor(processes)
    for _ in range(n_batches):
        call(points)
    return time.perf_counter() - start, on_processor(processes) - used


def on_processor(processes: list[int]) -> float:
    """Seconds; the kernel counts them in nanoseconds here."""
    fields = (Path(f"/proc/{pid}/schedstat").read_text().split() for pid in processes)
    return sum(int(spent) for spent, *_ in fields) / 1e9


def below(pid: int) -> list[int]:
    """A process, and all that it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in children for found in below(int(child)))]


if __name__ == "__main__":
    if not sys.platform.startswith("linux"):
        sys.exit("the sandbox is Linux's.")
    main()
