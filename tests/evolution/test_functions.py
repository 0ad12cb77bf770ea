"""The landscapes are those of the literature, and lowest where they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpolab.errors import ConfigError
from hpolab.evolution import FUNCTIONS, Function, bbob, find_function

NAMES = sorted(FUNCTIONS)
PUBLISHED = {  # where it is not zero: Jamil and Yang 2013; Molga and Smutnicki 2005
    ("michalewicz", 2): (-1.8013, 5e-5),
    ("michalewicz", 5): (-4.687658, 5e-7),
    ("michalewicz", 10): (-9.66015, 5e-6),
    ("styblinski-tang", 2): (-78.332, 5e-4),
    ("styblinski-tang", 10): (-391.6617, 5e-4),
}


@pytest.mark.parametrize("dimensions", [2, 5, 10])
@pytest.mark.parametrize("name", NAMES)
def test_the_lowest_value_is_the_published_one(name, dimensions):
    function = find_function(name, dimensions)
    value, digits = PUBLISHED.get((name, dimensions), (0.0, 1e-8))
    if name not in ("michalewicz", "styblinski-tang") or (name, dimensions) in PUBLISHED:
        assert function.optimum_value == pytest.approx(value, abs=digits)
    assert function(function.optimum_point) == function.optimum_value


@pytest.mark.parametrize(
    "form", [{}, {"shifted": 3}, {"rotated": 4}, {"shifted": 3, "rotated": 4}]
)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_around_or_elsewhere_is_lower_than_the_optimum(name, form):
    function = find_function(name, 3, **form)
    low, high = function.bounds.T
    rng = np.random.default_rng(1)
    optimum = function.optimum_point
    assert ((optimum >= low) & (optimum <= high)).all()
    assert function(optimum) == pytest.approx(function.optimum_value, abs=1e-8)
    near = optimum + (high - low) * rng.normal(0, 1, (2000, 3)) * 10 ** rng.uniform(
        -8, -1, (2000, 1)
    )
    far = low + (high - low) * rng.random((4000, 3))
    points = np.clip(np.concatenate([near, far]), low, high)
    assert function(points).min() >= function.optimum_value - 1e-8


@pytest.mark.parametrize(
    ("name", "point", "value"),
    [
        ("sphere", [1, 2, 3], 14),
        ("ellipsoid", [1, 1, 1], 1 + 100 + 10_000),
        ("cigar", [1, 2, 3], 1 + 1e4 * 13),
        ("tablet", [1, 2, 3], 1e4 + 13),
        ("rosenbrock", [-1.2, 1.0, 1.0], 24.2),
        ("rastrigin", [0.5, 1, 0], 0.25 + 10 + 10 + 1),
        ("ackley", [1, 1, 1], 20 - 20 * np.exp(-0.2)),
        ("griewank", [np.pi, 0, 0], 1 + np.pi**2 / 4000 + 1),
        ("schwefel", [0, 0, 0], 3 * 418.9829),
        ("levy", [5, 5, 5], 2 * (1 + 10 * np.sin(1) ** 2) + 1),
        (
            "michalewicz",
            [np.pi / 2] * 3,
            -(np.sin(np.pi / 4) ** 20 + 1 + np.sin(0.75 * np.pi) ** 20),
        ),
        ("zakharov", [1, 1, 1], 3 + 9 + 81),
        ("styblinski-tang", [1, 0, 2], (1 - 16 + 5) / 2 + (16 - 64 + 10) / 2),
    ],
)
def test_a_value_worked_out_by_hand(name, point, value):
    assert find_function(name, 3)(point) == pytest.approx(value, rel=1e-6)


def test_every_function_is_worked_out_by_hand():
    (cases,) = (
        mark.args[1]
        for mark in test_a_value_worked_out_by_hand.pytestmark
        if mark.name == "parametrize"
    )
    assert {case[0] for case in cases} == set(FUNCTIONS)


@pytest.mark.parametrize("name", NAMES)
def test_many_points_have_the_values_of_single_ones(name):
    function = find_function(name, 4, shifted=1, rotated=2)
    low, high = function.bounds.T
    points = low + (high - low) * np.random.default_rng(0).random((7, 4))
    assert np.allclose(function(points), [function(point) for point in points], rtol=1e-12)


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_turning_keeps_distances_and_so_the_sphere(seed):
    sphere = find_function("sphere", 5)
    points = np.random.default_rng(seed).normal(size=(3, 5))
    assert np.allclose(sphere.rotated(seed)(points), sphere(points))


def test_turning_makes_dimensions_depend_on_each_other():
    ellipsoid = find_function("ellipsoid", 2)
    step_x, step_y = np.eye(2)
    apart = ellipsoid(step_x) + ellipsoid(step_y) - ellipsoid(step_x + step_y)
    assert apart == pytest.approx(0)
    turned = ellipsoid.rotated(1)
    assert abs(turned(step_x) + turned(step_y) - turned(step_x + step_y)) > 1


def test_shifts_differ_by_seed_and_say_so():
    one, two = (find_function("ackley", 3, shifted=seed) for seed in (1, 2))
    assert (one.optimum_point != two.optimum_point).all()
    assert one.name == "shifted ackley"
    assert find_function("ackley", 3, shifted=1, rotated=1).name == "rotated shifted ackley"


def test_functions_say_what_they_are():
    for landscape in FUNCTIONS.values():
        assert landscape.description.endswith(".")
        assert landscape.source


def test_unknown_names_and_wrong_dimensions_are_refused():
    with pytest.raises(ConfigError, match="did you mean 'rastrigin'"):
        find_function("rastrigan")
    with pytest.raises(ConfigError, match="dimensions: rosenbrock needs at least 2"):
        find_function("rosenbrock", 1)
    with pytest.raises(ConfigError, match=r"points: sphere takes points of shape \(n, 2\)"):
        find_function("sphere", 2)([1.0, 2.0, 3.0])
    nowhere = Function(
        name="f",
        bounds=np.array([[0.0, 1.0]]),
        optimum_point=None,
        optimum_value=0,
        source="",
        formula=lambda x: x[:, 0],
    )
    with pytest.raises(ConfigError, match="no published optimum"):
        nowhere.shifted(1)


@pytest.mark.parametrize("number", range(1, 25))
def test_a_function_of_bbob_is_lowest_where_it_says(number):
    pytest.importorskip("cocoex", reason="the extra bbob is not installed")
    function = bbob(number, 5, instance=2)
    assert function(function.optimum_point) == pytest.approx(function.optimum_value, abs=1e-6)
    points = np.random.default_rng(number).uniform(-5, 5, (500, 5))
    values = function(points)
    assert values.shape == (500,)
    assert (values > function.optimum_value).all()
    assert values[7] == function(points[7])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": 25}, "number"),
        ({"dimensions": 41}, "dimensions"),
        ({"instance": 0}, "instance"),
    ],
)
def test_bbob_names_the_number_that_it_does_not_have(wrong, field):
    with pytest.raises(ConfigError, match="must be a whole number from") as raised:
        bbob(**{"number": 1, **wrong})
    assert raised.value.field == field


def test_without_the_package_of_coco_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cocoex", None)
    with pytest.raises(ConfigError, match=r"pip install 'hpolab\[bbob\]'"):
        bbob(1)
