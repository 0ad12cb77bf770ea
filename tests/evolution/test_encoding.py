"""Hyperparameters cross to the unit cube and back unchanged."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpolab.errors import ConfigError
from hpolab.evolution import Encoding
from hpolab.parameters import Choice, Fixed, Float, Int

EVERY_KIND = {
    "rate": Float(low=1e-5, high=1e-1, log=True),
    "momentum": Float(low=-1, high=0.99),
    "units": Int(low=8, high=64, step=8),
    "batch": Int(low=1, high=256, log=True),
    "optimizer": Choice(options=("adam", "sgd", "rmsprop")),
    "bias": Choice(options=(True, False)),
    "mixed": Choice(options=(1, True, 1.0, "1")),
    "only": Choice(options=("this",)),
    "still": Int(low=3, high=3),
    "fixed": Fixed(value="valid"),
}
CUBE = Encoding(EVERY_KIND)


def possible(parameter):
    match parameter:
        case Float():
            return st.floats(parameter.low, parameter.high)
        case Int():
            steps = (parameter.high - parameter.low) // parameter.step
            return st.integers(0, steps).map(lambda k: parameter.low + k * parameter.step)
        case Choice():
            return st.sampled_from(parameter.options)
        case _:
            return st.just(parameter.value)


@given(st.fixed_dictionaries({name: possible(one) for name, one in EVERY_KIND.items()}))
def test_values_survive_the_way_to_the_cube_and_back(values):
    point = CUBE.encode(values)
    assert point.shape == (CUBE.dimensions,)
    assert ((point >= 0) & (point <= 1)).all()
    back = CUBE.decode(point)
    assert list(back) == list(EVERY_KIND)
    for name, value in values.items():
        assert type(back[name]) is type(value) or isinstance(EVERY_KIND[name], Float)
        if isinstance(EVERY_KIND[name], Float):
            assert back[name] == pytest.approx(value, rel=1e-12, abs=1e-14)
        else:
            assert back[name] == value


@given(st.lists(st.floats(0, 1), min_size=CUBE.dimensions, max_size=CUBE.dimensions))
def test_every_point_of_the_cube_is_possible_and_settles_at_once(point):
    values = CUBE.decode(point)
    assert all(EVERY_KIND[name].contains(value) for name, value in values.items())
    again = CUBE.decode(CUBE.encode(values))
    assert again == pytest.approx(values)


@settings(max_examples=50)
@given(st.integers(1, 2**40), st.integers(0, 2**40), st.integers(0, 2**40))
def test_whole_numbers_on_a_logarithmic_scale_survive_however_large(low, more, further):
    parameter = Int(low=low, high=low + more + further, log=True)
    cube = Encoding({"n": parameter})
    decoded = cube.decode(cube.encode({"n": low + more}))["n"]
    assert decoded == pytest.approx(low + more, rel=1e-12)
    assert decoded == low + more or low + more > 10**9


def test_a_choice_has_a_number_for_each_option_and_single_values_have_none():
    assert CUBE.dimensions == 4 + 3 + 2 + 4
    assert Encoding({"only": Choice(options=("this",)), "f": Fixed(value=1)}).decode([]) == {
        "only": "this",
        "f": 1,
    }


def test_points_drawn_evenly_give_every_value_its_share():
    cube = Encoding({"n": Int(low=1, high=5), "c": Choice(options=("a", "b", "c"))})
    points = np.random.default_rng(0).random((6000, cube.dimensions))
    drawn = [cube.decode(point) for point in points]
    for n in range(1, 6):
        assert sum(one["n"] == n for one in drawn) == pytest.approx(1200, abs=150)
    for option in "abc":
        assert sum(one["c"] == option for one in drawn) == pytest.approx(2000, abs=190)


def test_a_logarithmic_scale_has_its_middle_in_the_middle():
    assert Encoding({"rate": Float(low=1e-4, high=1, log=True)}).decode([0.5]) == {
        "rate": pytest.approx(1e-2)
    }


@pytest.mark.parametrize(
    ("point", "rule"),
    [([0.5], "must have the shape"), ([1.5] * 13, "unit cube"), ([np.nan] * 13, "unit cube")],
)
def test_points_outside_the_cube_are_refused(point, rule):
    with pytest.raises(ConfigError, match=rule):
        CUBE.decode(point)


def test_values_that_are_missing_or_impossible_are_named():
    values = CUBE.decode([0.5] * 13)
    with pytest.raises(ConfigError, match="units: cannot be 9"):
        CUBE.encode({**values, "units": 9})
    with pytest.raises(ConfigError, match="rate: is missing"):
        CUBE.encode({name: value for name, value in values.items() if name != "rate"})
