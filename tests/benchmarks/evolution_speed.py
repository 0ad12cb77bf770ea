"""Evaluations per CPU second on rastrigin with a population of 50, side by side.

Run it as ``make bench-evolution``, or alone: ``python tests/benchmarks/evolution_speed.py``. The
bars: 15 times pymoo's, and as fast as pygmo's algorithms in C++, for each family that they have,
on a function in Python. Rounds of all contenders take turns, and the fastest round of each counts.

"pygmo, own f" is pygmo on the rastrigin that it ships, in C++ as well: no function of a user's is
evaluated so, and no Python keeps up; how far it is ahead is printed without a bar.
"""

import argparse
import sys
import time
from functools import partial

from evolution_contenders import FAMILIES, POPULATION, RASTRIGIN, Problem, run, search

from hpolab.evolution import find_algorithm, find_function

OURS = {
    "particle swarm": {"pso": {"population": POPULATION}, "pso-ring": {"population": POPULATION}},
    "genetic": {"genetic": {"population": POPULATION}},
    "differential evolution": {
        "de": {"population": POPULATION},
        "shade": {"population": POPULATION, "memory": POPULATION},
    },
    "annealing": {"sa": {"chains": POPULATION}},
    "ant colony": {"acor": {"ants": POPULATION, "archive": POPULATION}},
}
SLOW = ("pymoo", "mealpy")
BEST_OF_FAMILY = {"differential evolution": "de"}  # SHADE is an algorithm that neither has
TIMES_PYMOO = 15


def ours(name, parameters, problem):
    algorithm = find_algorithm(name)(problem.function.bounds, seed=problem.seed, **parameters)
    while problem.left > 0:
        points = algorithm.ask()
        algorithm.tell(points, problem.many(points))


def rate(contender, function, budget):
    """Thousand evaluations per CPU second; imports were made before."""
    search(contender, function, budget=5 * POPULATION, seed=1)
    problem = Problem(function, budget, seed=1)
    began = time.process_time()
    run(contender, problem)
    return (budget - problem.left) / (time.process_time() - began) / 1000


def contenders(with_slow):
    for family, names in OURS.items():
        for name, parameters in names.items():
            yield family, name, partial(ours, name, parameters), 50_000
        for label, budget in (("pygmo", 15_000), ("pygmo, own f", 150_000)):
            yield family, label, RASTRIGIN[label][family], budget
        for label, contender in FAMILIES[family].items():
            if label.startswith("pygmo") or (label.startswith("mealpy") and not with_slow):
                continue
            yield family, label, contender, 2_500 if label.startswith(SLOW) else 15_000


def measured(with_slow, rounds):
    """Rates by (family, label, dimensions)."""
    rates = {}
    for _ in range(rounds):
        for family, label, contender, budget in contenders(with_slow):
            for dimensions in (10, 30):
                function = find_function("rastrigin", dimensions)
                key = family, label, dimensions
                rates[key] = max(rates.get(key, 0), rate(contender, function, budget))
    return rates


def verdicts(rates):
    for family, names in OURS.items():
        name = BEST_OF_FAMILY.get(family, next(iter(names)))
        for dimensions in (10, 30):
            mine = rates[family, name, dimensions]
            pygmo = rates[family, "pygmo", dimensions]
            yield f"{name} D={dimensions} against pygmo", mine / pygmo, 1
            own = rates[family, "pygmo, own f", dimensions]
            yield f"{name} D={dimensions} against pygmo's own function", mine / own, None
            if (family, "pymoo", dimensions) in rates:
                times = mine / rates[family, "pymoo", dimensions]
                yield f"{name} D={dimensions} against pymoo", times, TIMES_PYMOO


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mealpy", action="store_true", help="also mealpy, which takes minutes")
    options = parser.parse_args()
    rates = measured(options.mealpy, options.rounds)
    print("thousand evaluations per CPU second, rastrigin, population 50")
    print(f"{'family':24}{'contender':18}{'D=10':>8}{'D=30':>8}")
    for family, label in dict.fromkeys((family, label) for family, label, _ in rates):
        ten, thirty = (rates[family, label, dimensions] for dimensions in (10, 30))
        print(f"{family:24}{label:18}{ten:8.1f}{thirty:8.1f}")
    missed = 0
    for what, times, bar in verdicts(rates):
        if bar is None:
            print(f"{what}: {times:.2f} times (no bar)")
            continue
        missed += times < bar
        print(f"{what}: {times:.1f} times (bar {bar}){'' if times >= bar else ' MISSED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
