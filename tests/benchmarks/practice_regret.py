"""Race every sampler over the practice spaces: mean regret after 10, 30 and 100 trials.

Run ``python tests/benchmarks/practice_regret.py [space ...] [--seeds N]``. Each race is a sweep
as anyone would start it, coordinator, journal and all; what it would recommend is judged by its
mean score over the table's seeds (hpolab.practice.regret). Beside the mean stands its standard
error over the seeds of the search. Random search is the bar: a sampler pays only below it.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from hpolab import Sweep
from hpolab.practice import SPACES, Standings, practice_config, read_table
from hpolab.search.options import SAMPLERS

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
        standings = Standings.of(read_table(name), practice_config(name).scoring)
        print(f"\n{name}: best known {standings.best:.4f}, {standings.best_params}")
        print(f"{'sampler':8} {'pruner':9} " + " ".join(f"{n:>5} trials   " for n in TRIALS))
        for sampler, pruner in contenders():
            print(f"{sampler:8} {pruner:9} " + race(name, sampler, pruner, standings, asked.seeds))


def contenders() -> list[tuple[str, str]]:
    """Every sampler without a pruner, and tpe and random with each; gp where there is PyTorch."""
    here = [name for name in SAMPLERS if name != "gp" or importlib.util.find_spec("torch")]
    pruned = [(name, pruner) for name in ("random", "tpe") for pruner in PRUNERS[1:]]
    return [(name, "none") for name in here] + pruned


def race(name: str, sampler: str, pruner: str, standings: Standings, seeds: int) -> str:
    """Mean regret of a sampler, its standard error, and seconds a sweep."""
    began = time.perf_counter()
    curves = [curve(name, sampler, pruner, standings, seed) for seed in range(seeds)]
    each = (time.perf_counter() - began) / seeds
    cells = []
    for n in TRIALS:
        regrets = [values[min(n, len(values)) - 1] for values in curves]
        error = statistics.stdev(regrets) / math.sqrt(seeds) if seeds > 1 else 0.0
        cells.append(f"{statistics.mean(regrets):.4f} ±{error:.4f}")
    return " ".join(cells) + f"   {each:.1f} s a sweep"


def curve(name: str, sampler: str, pruner: str, standings: Standings, seed: int) -> list[float]:
    """The regret of one sweep after each of its trials."""
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
        sweep = Sweep(config, path=Path(place) / "race").run()
        return standings.curve(sweep.record)


if __name__ == "__main__":
    main()
