"""Race every sampler over the practice spaces: mean regret after 10, 30 and 100 trials.

Run ``python tests/benchmarks/practice_regret.py [space ...] [--seeds N]``. Each race is a sweep
as anyone would start it, coordinator, journal and all. What it would recommend is judged twice
(hpolab.practice.regret): as seen, on the seed that the search trains with, which tells how well it
climbs; and on average over the table's seeds, which tells what its winner is worth. Beside each
mean stands its standard error over the searches. Random search is the bar.
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
        for sampler, pruner in contenders():
            told = race(name, sampler, pruner, seen, average, asked.seeds)
            print(f"{sampler:8} {pruner:9} {told}", flush=True)


def contenders() -> list[tuple[str, str]]:
    """Every sampler without a pruner, and tpe and random with each; gp where there is PyTorch."""
    here = [name for name in SAMPLERS if name != "gp" or importlib.util.find_spec("torch")]
    pruned = [(name, pruner) for name in ("random", "tpe") for pruner in PRUNERS[1:]]
    return [(name, "none") for name in here] + pruned


def race(
    name: str, sampler: str, pruner: str, seen: list[Standings], average: Standings, seeds: int
) -> str:
    """Mean regrets of a sampler with their standard errors, and seconds a sweep."""
    began = time.perf_counter()
    records = [searched(name, sampler, pruner, seed) for seed in range(seeds)]
    each = (time.perf_counter() - began) / seeds
    own = [seen[seed % len(seen)].curve(record) for seed, record in enumerate(records)]
    worth = [average.curve(record) for record in records]
    return f"{cells(own)}    {cells(worth)}   {each:.1f} s"


def cells(curves: list[list[float]]) -> str:
    """Mean and standard error after each of TRIALS."""
    told = []
    for n in TRIALS:
        regrets = [values[min(n, len(values)) - 1] for values in curves]
        error = statistics.stdev(regrets) / math.sqrt(len(regrets)) if len(regrets) > 1 else 0.0
        told.append(f"{statistics.mean(regrets):.4f} ±{error:.4f}")
    return " ".join(told)


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
