"""Race every sampler over the practice spaces: mean regret after 10, 30 and 100 trials.

Run ``python tests/benchmarks/practice_regret.py [space ...] [--seeds N]``. Each race is a sweep
as anyone would start it, coordinator, journal and all. What it would recommend is judged twice
(hpolab.practice.regret): as seen, on the seed that the search trains with, which tells how well it
climbs; and on average over the table's seeds, which tells what its winner is worth. Beside each
mean stands its standard error over the searches. Random search is the bar: last comes how much
lower the regret as seen is than that of random search with the same seeds, after 100 trials.
evolution_regret.py compares more searches of those that evolve a population.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpolab import Sweep
from hpolab.practice import SPACES, Standings, practice_config, read_table
from hpolab.search.options import SAMPLERS

if TYPE_CHECKING:
    from hpolab.record import SweepRecord

TRIALS = (10, 30, 100)
PRUNERS = ("none", "median", "hyperband")
GRID_POINTS = 3


def main() -> None:
    """Race, and print a table for each space."""
    given = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    given.add_argument("spaces", nargs="*", choices=[[], *SPACES], default=list(SPACES))
    given.add_argument("--seeds", type=int, default=10)
    asked = given.parse_args()
    for name in asked.spaces or SPACES:
        table, weights = read_table(name), practice_config(name).scoring
        average = Standings.of(table, weights)
        seen = [Standings.of(table, weights, seeds=[n]) for n in range(table.header.seeds)]
        print(f"\n{name}: best known {average.best:.4f}, {average.best_params}")
        at = " ".join(f"{n:>7} trials " for n in TRIALS)
        print(f"{'':18} {'as seen':48} on average\n{'sampler':8} {'pruner':9} {at}    {at}")
        by_chance: list[list[float]] = []
        for sampler, pruner in contenders():
            began = time.perf_counter()
            records = [searched(name, sampler, pruner, seed) for seed in range(asked.seeds)]
            each = (time.perf_counter() - began) / asked.seeds
            own = [seen[seed % len(seen)].curve(record) for seed, record in enumerate(records)]
            worth = [average.curve(record) for record in records]
            by_chance = by_chance or own
            told = f"{cells(own)}    {cells(worth)}   {gain(own, by_chance)}   {each:.1f} s"
            print(f"{sampler:8} {pruner:9} {told}", flush=True)


def contenders() -> list[tuple[str, str]]:
    """Every sampler without a pruner, random first, and it and tpe with each pruner.

    gp takes part where there is PyTorch.
    """
    here = [name for name in SAMPLERS if name != "gp" or importlib.util.find_spec("torch")]
    here.sort(key=lambda name: name != "random")
    pruned = [(name, pruner) for name in ("random", "tpe") for pruner in PRUNERS[1:]]
    return [(name, "none") for name in here] + pruned


def cells(curves: list[list[float]]) -> str:
    """Mean and standard error after each of TRIALS."""
    return " ".join(mean([values[min(n, len(values)) - 1] for values in curves]) for n in TRIALS)


def gain(curves: list[list[float]], by_chance: list[list[float]]) -> str:
    """How much lower the last regrets are than those of the same seeds by chance."""
    pairs = zip(by_chance, curves, strict=True)
    return mean([theirs[-1] - ours[-1] for theirs, ours in pairs])


def mean(numbers: list[float]) -> str:
    """And its standard error."""
    error = statistics.stdev(numbers) / math.sqrt(len(numbers)) if len(numbers) > 1 else 0.0
    return f"{statistics.mean(numbers):.4f} ±{error:.4f}"


def searched(name: str, sampler: str, pruner: str, seed: int) -> SweepRecord:
    """One sweep, whose training seed is among the table's."""
    options: dict[str, Any] = {"points": GRID_POINTS} if sampler == "grid" else {}
    config = practice_config(
        name,
        sampler={"name": sampler, **options},
        pruner=pruner,
        budget=max(TRIALS),
        seed=seed,
        record="none",
        limits="none",
    )
    with tempfile.TemporaryDirectory() as place:
        return Sweep(config, path=Path(place) / "race").run().record


if __name__ == "__main__":
    main()
