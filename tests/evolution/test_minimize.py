"""A search says what it found and why it ended."""

import subprocess
import sys

import numpy as np
import pytest

from hpolab.errors import ConfigError, TrialFailed
from hpolab.evolution import ALGORITHMS, find_function, maximize, minimize

BOX = [(-5, 5), (-5, 5)]


def bowl(point):
    return float((point[0] - 1) ** 2 + (point[1] + 2) ** 2)


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_the_budget_is_spent_and_not_exceeded(algorithm):
    evaluated = []
    found = minimize(lambda x: evaluated.append(x) or bowl(x), BOX, algorithm, budget=333)
    assert found.stopped_by == "budget"
    assert found.evaluations == len(evaluated) == 333
    assert found.error == bowl(found.point) == min(map(bowl, evaluated))
    assert found.history[-1].tolist() == [333, found.error]
    assert (np.diff(found.history[:, 0]) > 0).all()
    assert (np.diff(found.history[:, 1]) <= 0).all()


def test_a_target_ends_the_search():
    found = minimize(bowl, BOX, "de", budget=10_000, target=1e-3)
    assert found.stopped_by == "target"
    assert found.error <= 1e-3
    assert found.evaluations < 10_000


def test_stagnation_ends_the_search():
    found = minimize(lambda _: 7.0, BOX, "pso", budget=10_000, stagnation=200)
    assert found.stopped_by == "stagnation"
    assert found.evaluations == 240  # 40 that are better than nothing, and 200


def test_time_ends_the_search():
    found = minimize(lambda x: bowl(x), BOX, "pso", budget=10**9, seconds=1e-6)
    assert found.stopped_by == "seconds"
    assert found.evaluations == 40
    assert found.seconds > 0


def test_a_vectorized_fitness_gives_the_same_search():
    function = find_function("ackley", 3, shifted=1)
    one_by_one = minimize(lambda x: function(x), function.bounds, budget=600, seed=4)
    for fitness, declared in ((lambda x: function(x), True), (function, False)):
        at_once = minimize(fitness, function.bounds, budget=600, seed=4, vectorized=declared)
        assert at_once.point == pytest.approx(one_by_one.point, rel=1e-9)
        assert len(at_once.history) == len(one_by_one.history)


def test_maximize_climbs():
    found = maximize(lambda x: 3 - bowl(x), BOX, "shade", budget=3000, target=3 - 1e-6)
    assert found.stopped_by == "target"
    assert found.point == pytest.approx([1, -2], abs=1e-2)
    assert 3 - 1e-6 <= found.error <= 3
    assert (np.diff(found.history[:, 1]) >= 0).all()
    best = maximize(find_function("sphere", 2), [(-1, 2), (-1, 2)], budget=2000)
    assert best.error == pytest.approx(8)


def test_not_a_number_is_worst_wherever_it_comes():
    found = minimize(lambda x: np.nan if x[0] < 0 else x[0], BOX, "de", budget=2000)
    assert found.error == pytest.approx(0, abs=1e-3)
    assert found.point[0] >= 0


def test_an_error_in_the_fitness_is_chained_and_says_where():
    def fails(point):
        if point[0] > 0:
            raise ZeroDivisionError("no such luck")
        return 1.0

    with pytest.raises(TrialFailed, match=r"the point \[[1-4].*ZeroDivisionError: no such") as e:
        minimize(fails, [(1, 5), (-5, 5)])
    assert isinstance(e.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize(
    ("fitness", "declared", "rule"),
    [
        (lambda x: x, False, "must give one number, but at"),
        (lambda _: None, False, "the fitness gave nothing at the point .* `return`"),
        (lambda _: "much", False, "the fitness failed at the point"),
        (lambda _: 1.0, True, "must give one number a point"),
    ],
)
def test_a_fitness_that_gives_no_number_is_told_so(fitness, declared, rule):
    for search in (minimize, maximize):
        with pytest.raises(TrialFailed, match=rule):
            search(fitness, BOX, vectorized=declared)


def test_a_fitness_cannot_spoil_the_search_by_changing_its_point():
    def greedy(point):
        value = bowl(point)
        point[:] = 99
        return value

    assert (
        minimize(greedy, BOX, budget=900, seed=1).error
        == minimize(bowl, BOX, budget=900, seed=1).error
    )


def test_settings_that_make_no_sense_are_refused():
    for wrong in ({"budget": 0}, {"stagnation": 0}, {"seconds": -1.0}):
        with pytest.raises(ConfigError, match="must be above 0"):
            minimize(bowl, BOX, **wrong)
    with pytest.raises(ConfigError, match="budget: must be a whole number"):
        minimize(bowl, BOX, budget=10.5)
    with pytest.raises(ConfigError, match="no such algorithm"):
        minimize(bowl, BOX, "psoo")
    with pytest.raises(ConfigError, match="inertia"):
        minimize(bowl, BOX, "pso", inertia=9)


def test_importing_the_bench_loads_nothing_heavy():
    code = (
        "import sys, hpolab.evolution; "
        "heavy = 'scipy', 'optuna', 'tensorflow', 'keras', 'cocoex'; "
        "print([name for name in heavy if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
