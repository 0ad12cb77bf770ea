from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.errors import SpaceError
from hpolab.search.configurations import at_quantiles, configuration_key, grid, starting_point
from hpolab.space import SearchSpace


def test_equal_configurations_have_equal_keys_whatever_their_order() -> None:
    assert configuration_key({"a": 1, "b": "x"}) == configuration_key({"b": "x", "a": 1})


def test_keys_tell_true_one_and_one_point_zero_apart() -> None:
    keys = {configuration_key({"a": value}) for value in (True, 1, 1.0, "1")}
    assert len(keys) == 4


def test_a_grid_holds_every_configuration_once(small_space: SearchSpace) -> None:
    listing = grid(small_space, points=None)
    assert len({configuration_key(params) for params in listing}) == len(listing) == 10
    for params in listing:
        small_space.check(params)


def test_a_grid_is_shuffled_by_its_seed_alone(small_space: SearchSpace) -> None:
    assert grid(small_space, points=None, seed=1) == grid(small_space, points=None, seed=1)
    assert grid(small_space, points=None, seed=1) != grid(small_space, points=None, seed=2)


def test_points_cut_a_range_evenly_on_its_own_scale() -> None:
    space = SearchSpace.parse({"rate": {"low": 1e-4, "high": 1e-2, "log": True}})
    values = sorted(float(params["rate"]) for params in grid(space, points=3))
    assert values == pytest.approx([1e-4, 1e-3, 1e-2])


def test_points_leave_short_ranges_whole_and_keep_long_ones_on_their_steps() -> None:
    space = SearchSpace.parse(
        {"few": {"low": 1, "high": 3}, "many": {"low": 0, "high": 100, "step": 25}}
    )
    listing = grid(space, points=4)
    assert {params["few"] for params in listing} == {1, 2, 3}
    assert {params["many"] for params in listing} == {0, 25, 75, 100}


def test_a_continuous_parameter_needs_points() -> None:
    space = SearchSpace.parse({"a": [1, 2], "rate": {"low": 0.0, "high": 1.0}})
    with pytest.raises(SpaceError, match="option points") as caught:
        grid(space, points=None)
    assert caught.value.field == "rate"


def test_a_grid_that_nobody_could_finish_is_refused() -> None:
    space = SearchSpace.parse({name: {"low": 1, "high": 100} for name in "abc"})
    with pytest.raises(SpaceError, match="more than 100,000"):
        grid(space, points=None)


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=8, max_size=8))
def test_every_point_of_the_unit_cube_is_a_configuration(quantiles: list[float]) -> None:
    space = SearchSpace.parse(
        {
            "units": {"low": 1, "high": 64, "log": True},
            "layers": {"low": -3, "high": 8, "step": 2},
            "rate": {"low": 1e-4, "high": 1e-1, "log": True},
            "dropout": {"low": -0.3, "high": 0.5},
            "optimizer": ["adam", "sgd"],
            "momentum": {"low": 0.5, "high": 0.99, "only_if": {"optimizer": "sgd"}},
            "flag": [True, 1, "1"],
            "batch": 64,
        }
    )
    space.check(at_quantiles(space, dict(zip(space, quantiles, strict=True))))


def test_whole_numbers_are_met_equally_often() -> None:
    space = SearchSpace.parse({"n": {"low": 1, "high": 4}})
    met = [at_quantiles(space, {"n": (i + 0.5) / 100})["n"] for i in range(100)]
    assert [met.count(n) for n in (1, 2, 3, 4)] == [25, 25, 25, 25]


def test_the_start_is_what_parameters_name_and_the_middle_of_the_others() -> None:
    space = SearchSpace.parse(
        {
            "rate": {"low": 1e-4, "high": 1e-2, "log": True, "start": 3e-3},
            "depth": {"low": 1, "high": 5, "step": 2},
            "norm": {"options": [True, False], "start": False},
            "optimizer": {"options": ["sgd", "adam"], "start": "adam"},
            "momentum": {"low": 0.8, "high": 1.0, "only_if": {"optimizer": "sgd"}, "start": 0.9},
            "epsilon": 1e-7,
        }
    )
    start = starting_point(space)

    space.check(start)
    assert start == {
        "rate": 3e-3, "depth": 3, "norm": False, "optimizer": "adam", "epsilon": 1e-7
    }  # fmt: skip


def test_a_space_that_names_no_start_has_none() -> None:
    assert starting_point(SearchSpace.parse({"depth": {"low": 1, "high": 5}, "fixed": 1})) is None
