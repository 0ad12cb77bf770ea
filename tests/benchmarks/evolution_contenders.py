"""The libraries that the algorithms are measured beside, each as a function of the same form.

``FAMILIES[family][label](problem)`` searches with a population of 50 until the problem's budget is
spent, or the library stops by itself. Each library is called in the fastest way that it documents;
settings are its own defaults where nothing is said here.
"""

import logging
import warnings
from contextlib import chdir, suppress
from tempfile import TemporaryDirectory

import numpy as np

POPULATION = 50


class BudgetSpentError(Exception):
    """The search asked for more evaluations than it was given."""


class Problem:
    """A function of this package with a budget; it remembers its lowest value."""

    def __init__(self, function, budget, seed):
        self.function, self.left, self.seed = function, budget, seed
        self.budget = budget
        self.low, self.high = function.bounds.T
        self.lowest = np.inf

    @property
    def dimensions(self):
        return len(self.low)

    def many(self, points):
        """Values of points, (n, dimensions); those beyond the budget are infinite."""
        if self.left <= 0:
            raise BudgetSpentError
        values = self.function(points[: self.left])
        self.left -= len(values)
        self.lowest = min(self.lowest, values.min())
        missing = len(points) - len(values)
        return np.concatenate([values, np.full(missing, np.inf)]) if missing else values

    def one(self, point):
        return float(self.many(np.asarray(point)[None])[0])


def search(contender, function, *, budget, seed):
    """The lowest value that a contender finds."""
    problem = Problem(function, budget, seed)
    run(contender, problem)
    return problem.lowest


def run(contender, problem):
    """Search until the budget is spent, quietly."""
    with warnings.catch_warnings(), suppress(BudgetSpentError):
        warnings.simplefilter("ignore")
        contender(problem)


def pymoo(kind):
    def contender(problem):
        from pymoo.algorithms.soo.nonconvex.de import DE
        from pymoo.algorithms.soo.nonconvex.ga import GA
        from pymoo.algorithms.soo.nonconvex.pso import PSO
        from pymoo.core.problem import Problem as Base
        from pymoo.optimize import minimize

        class OfTheFunction(Base):
            def _evaluate(self, x, out, *_, **__):
                out["F"] = problem.many(x)

        box = OfTheFunction(n_var=problem.dimensions, n_obj=1, xl=problem.low, xu=problem.high)
        algorithm = {"pso": PSO, "ga": GA, "de": DE}[kind](pop_size=POPULATION)
        minimize(box, algorithm, ("n_eval", problem.budget), seed=problem.seed + 1)

    return contender


class OfTheFunction:
    """The problem as pygmo takes those in Python: point by point."""

    def __init__(self, problem):
        self.problem = problem

    def __deepcopy__(self, memo):
        """The same: pygmo works on a copy, and what it finds is counted here."""
        return self

    def fitness(self, x):
        return (self.problem.one(x),)

    def get_bounds(self):
        return self.problem.low, self.problem.high


class LeanRastrigin(OfTheFunction):
    """Rastrigin of one point, in as little Python as it takes; evaluations are left uncounted."""

    def fitness(self, x):
        return (float(10.0 * x.size + x.dot(x) - 10.0 * np.cos(2 * np.pi * x).sum()),)


def own_rastrigin(problem):
    """pygmo's own, in C++."""
    import pygmo as pg

    return pg.rastrigin(problem.dimensions)


def pygmo(kind, make_udp=OfTheFunction):
    def contender(problem):
        import pygmo as pg

        udp = make_udp(problem)
        size = max(POPULATION, 64) if kind == "gaco" else POPULATION  # it needs its 63 kernels
        generations = problem.budget // size - 1
        if kind == "simulated_annealing":
            # one round of a temperature is so many evaluations of its single chain
            per_temperature = 10 * 10 * problem.dimensions
            chosen = {
                "Ts": 10.0,
                "Tf": 1e-10,
                "n_T_adj": max(problem.budget // per_temperature, 1),
                "n_range_adj": 10,
                "bin_size": 10,
            }
        else:
            chosen = {"gen": generations}
        people = pg.population(pg.problem(udp), size=size, seed=problem.seed)
        evolved = pg.algorithm(getattr(pg, kind)(**chosen, seed=problem.seed)).evolve(people)
        if make_udp is not OfTheFunction:
            problem.left -= evolved.problem.get_fevals()

    return contender


def scipy_de(updating):
    def contender(problem):
        from scipy.optimize import differential_evolution

        differential_evolution(
            (lambda x: problem.many(x.T)) if updating == "deferred" else problem.one,
            list(zip(problem.low, problem.high, strict=True)),
            popsize=POPULATION // problem.dimensions or 1,
            maxiter=10**6,
            tol=0,
            polish=False,
            rng=problem.seed,
            updating=updating,
            vectorized=updating == "deferred",
        )

    return contender


def scipy_annealing(problem):
    from scipy.optimize import dual_annealing

    dual_annealing(
        problem.one,
        list(zip(problem.low, problem.high, strict=True)),
        maxiter=10**6,
        maxfun=10**9,
        rng=problem.seed,
    )


def pyswarms(problem):
    logging.disable(logging.CRITICAL)
    np.random.seed(problem.seed)
    with TemporaryDirectory() as folder, chdir(folder):  # it writes a log where it stands
        from pyswarms.single import GlobalBestPSO

        swarm = GlobalBestPSO(
            POPULATION,
            problem.dimensions,
            options={"c1": 1.4962, "c2": 1.4962, "w": 0.7298},
            bounds=(problem.low, problem.high),
        )
        swarm.optimize(problem.many, problem.budget // POPULATION, verbose=False)


def mealpy(module, name, **settings):
    def contender(problem):
        from importlib import import_module

        from mealpy import FloatVar

        kind = getattr(import_module(f"mealpy.{module}"), name)
        box = {
            "obj_func": problem.one,
            "bounds": FloatVar(lb=problem.low, ub=problem.high),
            "minmax": "min",
            "log_to": None,
        }
        kind(epoch=100_000, pop_size=POPULATION, **settings).solve(box, seed=problem.seed)

    return contender


FAMILIES = {
    "particle swarm": {
        "pymoo": pymoo("pso"),
        "pygmo": pygmo("pso"),
        "pyswarms": pyswarms,
        "mealpy": mealpy("swarm_based.PSO", "OriginalPSO"),
    },
    "genetic": {
        "pymoo": pymoo("ga"),
        "pygmo": pygmo("sga"),
        "mealpy": mealpy("evolutionary_based.GA", "BaseGA"),
    },
    "differential evolution": {
        "pymoo": pymoo("de"),
        "pygmo de": pygmo("de"),
        "pygmo sade": pygmo("sade"),
        "scipy": scipy_de("immediate"),
        "scipy deferred": scipy_de("deferred"),
        "mealpy": mealpy("evolutionary_based.DE", "OriginalDE"),
        "mealpy jade": mealpy("evolutionary_based.DE", "JADE"),
    },
    "annealing": {
        "pygmo": pygmo("simulated_annealing"),
        "scipy dual": scipy_annealing,
        "mealpy": mealpy("physics_based.SA", "GaussianSA"),
    },
    "ant colony": {
        "pygmo": pygmo("gaco"),
        "mealpy": mealpy("swarm_based.ACOR", "OriginalACOR"),
    },
}
"""By family, and by what the table calls them."""

PYGMO = {
    "particle swarm": "pso",
    "genetic": "sga",
    "differential evolution": "de",
    "annealing": "simulated_annealing",
    "ant colony": "gaco",
}
RASTRIGIN = {
    "pygmo": {family: pygmo(kind, LeanRastrigin) for family, kind in PYGMO.items()},
    "pygmo, own f": {family: pygmo(kind, own_rastrigin) for family, kind in PYGMO.items()},
}
"""pygmo's algorithms on rastrigin in Python, and on its own, which never leaves C++."""
