"""Do the samplers that evolve a population beat random search? Paired, with intervals.

Run ``python tests/benchmarks/evolution_regret.py [space ...] [--seeds N] [--workers N]``.
Each search has 100 trials on a practice space, trained to their end; several workers end theirs
in a random order. The regret is that of the best trial so far, over the training seed that the
search has seen. Search n of a sampler is compared with search n of random search, which trains
with the same seed, and the difference stands with its 95 % interval: below zero is better than
random. Nobody begins at the start that the space names. Defaults were chosen with seeds from
20,000 on (--first 20000), so that those reported here, from 0, were not seen; the trainings that
are looked up are the same three seeds. Takes about ten minutes of one core.
"""

from __future__ import annotations

import argparse
from itertools import accumulate
from random import Random

import numpy as np

from hpolab.practice import SPACES, Standings, practice_config, read_table
from hpolab.practice.contest import without_starts
from hpolab.search import PrunerSpec, SamplerSpec, Search
from hpolab.search.options import SAMPLERS
from hpolab.search.populations import Evolving

AFTER = (30, 60, 100)
RIVALS = ("tpe", "nsga2", "cma-es")


def main() -> None:
    """Race, and print a table for each space."""
    given = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    given.add_argument("spaces", nargs="*", choices=[[], *SPACES], default=list(SPACES))
    given.add_argument("--seeds", type=int, default=100)
    given.add_argument("--first", type=int, default=0)
    given.add_argument("--workers", type=int, default=1)
    given.add_argument("--samplers", nargs="*", choices=list(SAMPLERS))
    asked = given.parse_args()
    evolving = [name for name, kind in SAMPLERS.items() if issubclass(kind, Evolving)]
    seeds = range(asked.first, asked.first + asked.seeds)
    for name in asked.spaces or SPACES:
        table, weights = read_table(name), practice_config(name).scoring
        seen = [Standings.of(table, weights, seeds=[n]) for n in range(table.header.seeds)]
        print(f"\n{name}: {len(seeds)} searches each from seed {asked.first}, "
              f"{asked.workers} workers; regret x 1000, and the difference to random")  # fmt: skip
        print(f"{'':10}" + "".join(f"{f'after {n} trials':>34}" for n in AFTER))
        by_chance = regrets(seen, "random", seeds, asked.workers)
        print(row("random", by_chance, by_chance), flush=True)
        for sampler in asked.samplers or [*evolving, *RIVALS]:
            ours = regrets(seen, sampler, seeds, asked.workers)
            print(row(sampler, ours, by_chance), flush=True)


def regrets(seen: list[Standings], sampler: str, seeds: range, workers: int) -> np.ndarray:
    """Of each search at each of AFTER, shape (seeds, 3)."""
    return np.array([regret(seen[seed % len(seen)], sampler, seed, workers) for seed in seeds])


def regret(standings: Standings, sampler: str, seed: int, workers: int) -> list[float]:
    """Of one search at each of AFTER."""
    space = standings.table.space
    search = Search(
        without_starts(space.space),
        sampler=SamplerSpec.parse(sampler),
        pruner=PrunerSpec.parse("none"),
        seed=seed,
        epochs=space.epochs,
    )
    chance, running, scores = Random(seed), {}, []
    for number in range(max(AFTER)):
        running[number] = standings.means[standings.table.place(search.ask(number))]
        scores.append(running[number])
        if len(running) == workers:
            ended = chance.choice(list(running))
            search.tell(ended, running.pop(ended), "completed")
    best = list(accumulate(scores, max))
    return [standings.best - best[n - 1] for n in AFTER]


def row(name: str, ours: np.ndarray, by_chance: np.ndarray) -> str:
    """Mean regret, and the mean difference to random search with its 95 % interval."""
    cells = []
    for column in range(len(AFTER)):
        difference = (ours - by_chance)[:, column] * 1e3
        half = 1.96 * difference.std(ddof=1) / np.sqrt(len(difference))
        middle = difference.mean()
        told = f"{middle:+6.2f} [{middle - half:+6.2f}, {middle + half:+6.2f}]"
        cells.append(f"{1e3 * ours[:, column].mean():9.2f}  {told}")
    return f"{name:10}" + "".join(cells)


if __name__ == "__main__":
    main()
