"""Median final error after 20,000 evaluations of six shifted functions in ten dimensions.

Run it as ``make bench-evolution``, or alone: ``python tests/benchmarks/evolution_quality.py``.
Every final error is written to ``--out`` at once, and a run that finds it there is not made
again; ``--table`` only judges what is there. Our algorithms have their defaults, the others theirs
with a population of 50; all search the same functions from the same seeds.
The defaults of ``shade`` and ``sa`` were chosen on these functions, with seeds 0 to 6.

The bars: for each family the best of ours has a median error no more than ten times the best
other's on at least five functions, and SHADE is better than scipy's differential evolution on at
least four. Errors below 1e-8 count as 1e-8, as in the competitions of CEC ("Problem definitions
and evaluation criteria for the CEC 2013 special session", section 2.1); the last column says how
often the bar is met without that.
"""

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from statistics import median

from evolution_contenders import FAMILIES, search

from hpolab.evolution import find_algorithm, find_function

FUNCTIONS = ("sphere", "rosenbrock", "rastrigin", "ackley", "griewank", "schwefel")
DIMENSIONS, BUDGET, SEEDS = 10, 20_000, 15
REACHED = 1e-8
OURS = {
    "particle swarm": ("pso", "pso-ring"),
    "genetic": ("genetic",),
    "differential evolution": ("shade", "de"),
    "annealing": ("sa",),
    "ant colony": ("acor",),
}


def ours(name, problem):
    make = find_algorithm(name)
    algorithm = make.planned(problem.function.bounds, budget=problem.budget, seed=problem.seed)
    while problem.left > 0:
        points = algorithm.ask()
        algorithm.tell(points, problem.many(points))


def contenders():
    for family, names in OURS.items():
        for name in names:
            yield family, name, partial(ours, name)
        for label, contender in FAMILIES[family].items():
            yield family, label, contender


def read(path):
    """Final errors by (family, label, function), and those by seed."""
    errors = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            family, label, function, seed, error = json.loads(line)
            errors.setdefault((family, label, function), {})[seed] = error
    return errors


def measure(path, seeds, only, without):
    done = read(path)
    with path.open("a", encoding="utf-8") as out:
        for seed in range(seeds):
            for family, label, contender in contenders():
                if (only and label.split()[0] not in only) or label.split()[0] in without:
                    continue
                for name in FUNCTIONS:
                    if seed in done.get((family, label, name), {}):
                        continue
                    function = find_function(name, DIMENSIONS, shifted=1000 + seed)
                    lowest = search(contender, function, budget=BUDGET, seed=seed)
                    error = max(lowest - function.optimum_value, 0.0)
                    out.write(json.dumps([family, label, name, seed, float(error)]) + "\n")
                    out.flush()


def medians(errors, family, label):
    return [
        median(errors[family, label, name].values()) if (family, label, name) in errors else None
        for name in FUNCTIONS
    ]


def table(errors):
    print(
        f"{'family':24}{'contender':16}" + "".join(f"{name:>11}" for name in FUNCTIONS) + " seeds"
    )
    for family, label, _ in contenders():
        values = medians(errors, family, label)
        if None in values:
            continue
        seeds = min(len(errors[family, label, name]) for name in FUNCTIONS)
        cells = "".join(f"{value:11.1e}" for value in values)
        print(f"{family:24}{label:16}{cells}{seeds:6}")


def best(errors, family, labels):
    """The lowest median of each function among the labels that were measured."""
    rows = [medians(errors, family, label) for label in labels]
    return [min(column) for column in zip(*(row for row in rows if None not in row), strict=True)]


def judge(errors):
    missed = 0
    for family, names in OURS.items():
        mine = best(errors, family, names)
        others = best(errors, family, FAMILIES[family])
        if not mine or not others:
            print(f"{family:24} is not measured yet")
            continue
        met = sum(
            max(a, REACHED) <= 10 * max(b, REACHED) for a, b in zip(mine, others, strict=True)
        )
        raw = sum(a <= 10 * b for a, b in zip(mine, others, strict=True))
        missed += met < 5
        print(f"{family:24} within ten times the best other on {met} of 6 (bar 5), as is {raw}")
    shade = medians(errors, "differential evolution", "shade")
    scipy = best(errors, "differential evolution", ["scipy", "scipy deferred"])
    if None in shade or not scipy:
        return missed
    wins = sum(a < b for a, b in zip(shade, scipy, strict=True))
    missed += wins < 4
    print(f"SHADE beats scipy's differential evolution on {wins} of 6 (bar 4)")
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("evolution_quality.jsonl"))
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--only", nargs="*", default=(), help="contenders, by their first word")
    parser.add_argument("--without", nargs="*", default=())
    parser.add_argument("--table", action="store_true", help="measure nothing")
    options = parser.parse_args()
    if not options.table:
        measure(options.out, options.seeds, options.only, options.without)
    errors = read(options.out)
    table(errors)
    return 1 if judge(errors) else 0


if __name__ == "__main__":
    sys.exit(main())
