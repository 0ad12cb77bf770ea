"""What every algorithm promises, whatever its kind."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpolab.errors import ConfigError
from hpolab.evolution import ALGORITHMS, find_algorithm, find_function

NAMES = sorted(ALGORITHMS)
BOX = [(-4.0, 6.0), (0.0, 1e-3), (-1e5, 7.0)]


def spoilt(points, rng):
    """Errors as an unlucky fitness gives them: some NaN, some infinite, some huge."""
    errors = (points**2).sum(axis=1)
    for bad in (np.nan, np.inf, -np.inf, 1e308):
        errors[rng.random(len(errors)) < 0.1] = bad
    return errors


def run(algorithm, generations, fitness):
    asked = []
    for _ in range(generations):
        points = algorithm.ask()
        asked.append(points)
        algorithm.tell(points, fitness(points))
    return asked


@st.composite
def parameters_of(draw, name):
    """Any allowed parameters, populations up to 30."""
    chosen = {}
    for known in ALGORITHMS[name].parameters:
        if not draw(st.booleans()):
            continue
        high = min(known.high, 30) if known.kind is int else known.high
        if known.kind is int:
            chosen[known.name] = draw(st.integers(int(known.low), int(high)))
        else:
            chosen[known.name] = draw(
                st.floats(known.low, high, exclude_min=known.above_low, allow_subnormal=False)
            )
    return chosen


@st.composite
def boxes(draw):
    centre = st.floats(-1e99, 1e99) | st.floats(-10, 10)
    width = st.floats(1e-9, 1e99)
    pairs = draw(st.lists(st.tuples(centre, width), min_size=1, max_size=4))
    box = [(low, low + width) for low, width in pairs]
    return [(low, high if high > low else np.nextafter(low, np.inf)) for low, high in box]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25)
@given(data=st.data())
def test_points_keep_the_bounds_whatever_the_parameters_and_errors(name, data):
    seed = data.draw(st.integers(0, 2**32))
    box = np.array(data.draw(boxes()))
    algorithm = find_algorithm(name)(box, seed=seed, **data.draw(parameters_of(name)))
    rng = np.random.default_rng(seed)
    least = np.inf
    for _ in range(12):
        points = algorithm.ask()
        assert points.ndim == 2
        assert len(points) > 0
        assert ((points >= box[:, 0]) & (points <= box[:, 1])).all()
        algorithm.tell(points, spoilt(np.clip(points, -1e3, 1e3), rng))
        assert algorithm.best_error <= least
        least = algorithm.best_error
    assert np.isfinite(algorithm.population).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_run_and_another_seed_another(name):
    fitness = find_function("rastrigin", 3)
    runs = [
        run(find_algorithm(name)(fitness.bounds, seed=seed), 15, fitness) for seed in (7, 7, 8)
    ]
    assert all((one == two).all() for one, two in zip(runs[0], runs[1], strict=True))
    assert any((one != two).any() for one, two in zip(runs[0], runs[2], strict=True))


@pytest.mark.parametrize("is_asked", [False, True])
@pytest.mark.parametrize("generations", [1, 40, 41, 42, 43])
@pytest.mark.parametrize("name", NAMES)
def test_a_restored_state_goes_on_bit_for_bit(name, generations, is_asked):
    fitness = find_function("rastrigin", 3)
    make = find_algorithm(name)
    first, second = make(fitness.bounds, seed=1), make(fitness.bounds, seed=2)
    run(first, generations, lambda x: np.where(x[:, 0] > 4, np.inf, fitness(x)))
    if is_asked:
        first.ask()
    second.restore(json.loads(json.dumps(first.state(), allow_nan=False)))
    assert second.best_error == first.best_error
    assert (second.best_point == first.best_point).all()
    for one, two in zip(run(first, 20, fitness), run(second, 20, fitness), strict=True):
        assert (one == two).all()
    assert first.state() == second.state()


@pytest.mark.parametrize("name", NAMES)
def test_a_state_taken_before_the_first_generation_can_be_restored(name):
    make = find_algorithm(name)
    first, second = make(BOX, seed=1), make(BOX, seed=2)
    second.restore(json.loads(json.dumps(first.state())))
    assert second.best_error == np.inf
    assert (first.ask() == second.ask()).all()


def test_a_state_is_refused_by_another_algorithm_or_other_parameters():
    state = find_algorithm("pso")(BOX, seed=1).state()
    with pytest.raises(ConfigError, match="algorithm: the state is of"):
        find_algorithm("de")(BOX).restore(state)
    with pytest.raises(ConfigError, match="bounds: the state is of bounds"):
        find_algorithm("pso")(BOX[:2]).restore(state)
    with pytest.raises(ConfigError, match="parameters: the state is of"):
        find_algorithm("pso")(BOX, inertia=0.5).restore(state)


@pytest.mark.parametrize("name", NAMES)
def test_asking_again_gives_the_same_generation_which_callers_cannot_spoil(name):
    algorithm = find_algorithm(name)(BOX, seed=3)
    first = algorithm.ask()
    first[:] = 0
    again = algorithm.ask()
    assert (again != 0).any()
    assert (again == algorithm.ask()).all()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_finite_counts_as_worst(name):
    algorithm = find_algorithm(name)(BOX, seed=3)
    points = algorithm.ask()
    errors = np.full(len(points), np.nan)
    errors[0] = -np.inf
    algorithm.tell(points, errors)
    assert algorithm.best_error == np.inf
    points = algorithm.ask()
    errors = np.full(len(points), np.inf)
    errors[-1] = 5
    algorithm.tell(points, errors)
    assert algorithm.best_error == 5
    assert (algorithm.best_point == points[-1]).all()


@pytest.mark.parametrize("name", NAMES)
def test_points_may_be_told_where_they_were_evaluated(name):
    algorithm = find_algorithm(name)([(0, 10)] * 3, seed=3)
    for _ in range(20):
        points = algorithm.ask().round()
        algorithm.tell(points, points.sum(axis=1))
    assert (algorithm.best_point == algorithm.best_point.round()).all()
    assert algorithm.best_error <= 3


def test_telling_needs_a_question_and_its_shape():
    algorithm = find_algorithm("de")(BOX)
    with pytest.raises(ConfigError, match="call `ask` first"):
        algorithm.tell(np.zeros((50, 3)), np.zeros(50))
    points = algorithm.ask()
    with pytest.raises(ConfigError, match=r"points: must have the shape .*\(50, 3\)"):
        algorithm.tell(points[:-1], np.zeros(49))
    with pytest.raises(ConfigError, match="errors: must be one number for each of the 50"):
        algorithm.tell(points, np.zeros(49))
    with pytest.raises(ConfigError, match="points: must lie within the bounds"):
        algorithm.tell(points + 1e6, np.zeros(50))
    with pytest.raises(ConfigError, match="no best point before"):
        _ = algorithm.best_point
    algorithm.tell(points, np.zeros(50))
    assert algorithm.evaluations == 50


@pytest.mark.parametrize(
    ("bounds", "rule"),
    [
        ([(1, 0)], "`low < high` must hold"),
        ([(0, 1), (2, 2)], "dimension 1"),
        ([(0, np.inf)], "within 1e\\+100"),
        ([(np.nan, 1)], "`low < high`"),
        ([], "one pair"),
        ([0, 1], "one pair"),
        ([(0, 1), (2,)], "pairs of numbers"),
        ("x", "pairs of numbers"),
    ],
)
def test_bounds_that_are_none_are_refused(bounds, rule):
    with pytest.raises(ConfigError, match=rule) as raised:
        find_algorithm("pso")(bounds)
    assert raised.value.field == "bounds"


def test_parameters_out_of_range_or_unknown_are_refused():
    with pytest.raises(ConfigError, match="inertia"):
        find_algorithm("pso")(BOX, inertia=1.5)
    with pytest.raises(ConfigError, match="inertai"):
        find_algorithm("pso")(BOX, inertai=0.5)
    with pytest.raises(ConfigError, match="did you mean 'shade'"):
        find_algorithm("shde")


@pytest.mark.parametrize("name", NAMES)
def test_the_catalogue_describes_every_parameter(name):
    entry = ALGORITHMS[name]
    assert entry.name == entry.algorithm.name == name
    assert entry.description.endswith(".")
    assert entry.parameters
    for parameter in entry.parameters:
        assert parameter.low < parameter.high
        assert parameter.description.endswith(".")
        if parameter.default is not None:
            assert parameter.low <= parameter.default <= parameter.high
            entry.algorithm(BOX, **{parameter.name: parameter.high})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("function", ["sphere", "rastrigin"])
def test_it_finds_the_lowest_point_in_the_plane(name, function):
    fitness = find_function(function, 2, shifted=5)
    algorithm = find_algorithm(name).planned(fitness.bounds, budget=4000, seed=1)
    while algorithm.evaluations < 4000:
        points = algorithm.ask()
        algorithm.tell(points, fitness(points))
    assert algorithm.best_error < 0.1 * (1 if function == "rastrigin" else 1e-5)
