from __future__ import annotations

import contextlib
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.errors import SpaceError
from hpolab.models import FAMILIES
from hpolab.space import Choice, Fixed, Float, Int, Parameter, SearchSpace

NAMES = st.text(min_size=1, max_size=8)
PLAIN = st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text()
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
FINITE = st.booleans() | st.integers() | FLOATS | st.text()
ODD = st.recursive(
    st.none() | PLAIN | st.floats() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(["low", "high", "log", "step", "options", "value", "only_if", "lwo"])
ODD_PARAMETER = ODD | st.dictionaries(FIELDS, ODD, max_size=4)


@st.composite
def parameters(draw: st.DrawFn, condition: dict[str, Any]) -> Parameter:
    kind = draw(st.sampled_from([Float, Int, Choice, Fixed]))
    if kind is Fixed:
        return Fixed(value=draw(FINITE), only_if=condition)
    if kind is Choice:
        options = draw(st.lists(FINITE, min_size=1, max_size=4, unique_by=lambda v: (type(v), v)))
        return Choice(options=tuple(options), only_if=condition)
    log = draw(st.booleans())
    if kind is Int:
        low, high = sorted(draw(st.tuples(st.integers(1, 2**40), st.integers(1, 2**40))))
        step = 1 if log else draw(st.integers(1, 100))
        return Int(low=low, high=high, log=log, step=step, only_if=condition)
    numbers = st.floats(1e-12, 1e12)
    low, high = sorted(draw(st.tuples(numbers, numbers)))
    return Float(low=low, high=high, log=log, only_if=condition)


@st.composite
def spaces(draw: st.DrawFn) -> SearchSpace:
    """Spaces of up to five parameters with conditions on earlier ones."""
    found: dict[str, Parameter] = {}
    for name in draw(st.lists(NAMES, min_size=1, max_size=5, unique=True)):
        condition = {}
        if found and draw(st.booleans()):
            parent = draw(st.sampled_from(sorted(found)))
            condition[parent] = tuple(draw(st.lists(FINITE, min_size=1, max_size=2)))
        found[name] = draw(parameters(condition))
    return SearchSpace(found)


# Shorthand


def test_the_shorthand_of_the_docstring_is_understood() -> None:
    space = SearchSpace.parse(
        {
            "optimizer": ["sgd", "adam"],
            "learning_rate": {"low": 1e-4, "high": 1e-2, "log": True},
            "units": {"low": 8, "high": 64, "step": 8},
            "batch_size": 64,
            "momentum": {"low": 0.0, "high": 0.99, "only_if": {"optimizer": "sgd"}},
        }
    )

    assert space["optimizer"] == Choice(options=("sgd", "adam"))
    assert space["learning_rate"] == Float(low=1e-4, high=1e-2, log=True)
    assert space["units"] == Int(low=8, high=64, step=8)
    assert space["batch_size"] == Fixed(value=64)
    assert space["momentum"].only_if == {"optimizer": ("sgd",)}
    assert list(space) == ["optimizer", "learning_rate", "units", "batch_size", "momentum"]
    assert len(space) == 5


@given(space=spaces())
def test_plain_data_are_read_back_to_an_equal_space_through_json_too(space: SearchSpace) -> None:
    data = space.to_dict()

    assert SearchSpace.parse(data) == space
    assert SearchSpace.parse(json.loads(json.dumps(data))) == space
    assert list(SearchSpace.parse(data)) == list(space)


@pytest.mark.parametrize(
    ("parameter", "field", "rule"),
    [
        ({"low": 2, "high": 1}, "lr", "`low <= high` must hold.*swap them"),
        ({"low": 0.0, "high": 1.0, "log": True}, "lr", "`low > 0` must hold when log"),
        ({"low": 1, "high": 9, "log": True, "step": 2}, "lr", "`step == 1` must hold"),
        ({"low": 1, "high": 9, "step": 0}, "lr.step", "greater than or equal to 1"),
        ({"low": 1, "hihg": 9}, "lr.hihg", "did you mean 'high'"),
        ({"low": 1}, "lr.high", "Field required"),
        ({"low": 1.0, "high": math.inf}, "lr.high", "finite number"),
        ({"low": 1, "high": 2**60}, "lr.high", "less than or equal to"),
        ([], "lr.options", "at least 1 item"),
        ([1, 2, 1], "lr", "1 is there twice"),
        ([1, None], "lr.options.1", "true or false, a number or a text"),
        ({"value": [1]}, "lr.value", "true or false, a number or a text"),
        (None, "lr", "write a value, a list of options, or low and high"),
        ({"value": 1, "only_if": {"depth": 3}}, "lr.only_if", "comes before it"),
        ({"value": 1, "only_if": {"first": []}}, "lr.only_if.first", "at least one value"),
        ({"value": 1, "only_if": 3}, "lr.only_if", "dictionary"),
        ({"value": 1, "only_if": {"int": [None]}}, "lr.only_if.int.0", "a number or a text"),
    ],
)
def test_a_parameter_that_breaks_a_rule_is_named_with_rule_and_value(
    parameter: Any, field: str, rule: str
) -> None:
    with pytest.raises(SpaceError, match=rule) as caught:
        SearchSpace.parse({"first": 1, "lr": parameter})

    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: ")


@given(data=ODD | st.dictionaries(NAMES, ODD_PARAMETER, max_size=3))
def test_whatever_is_written_for_a_space_gives_a_space_or_our_own_error(data: Any) -> None:
    with contextlib.suppress(SpaceError):
        space = SearchSpace.parse(data)
        assert SearchSpace.parse(space.to_dict()) == space


# Edits

BASE = SearchSpace.parse(
    {
        "optimizer": ["sgd", "adam"],
        "rate": {"low": 1e-4, "high": 1e-2, "log": True},
        "units": {"low": 8, "high": 64, "step": 8},
        "momentum": {"low": 0.0, "high": 0.9, "only_if": {"optimizer": ["sgd"]}},
    }
)


@pytest.mark.parametrize(
    ("name", "edit", "expected"),
    [
        ("rate", {"high": 0.1}, Float(low=1e-4, high=0.1, log=True)),
        ("rate", {"log": False}, Float(low=1e-4, high=1e-2)),
        ("rate", {"low": 1e-3, "high": 1}, Float(low=1e-3, high=1, log=True)),
        ("rate", 0.01, Fixed(value=0.01)),
        ("rate", [0.01, 0.1], Choice(options=(0.01, 0.1))),
        ("units", {"low": 16}, Int(low=16, high=64, step=8)),
        ("optimizer", "adam", Fixed(value="adam")),
        ("optimizer", {"low": 1, "high": 3}, Int(low=1, high=3)),
        ("optimizer", {"only_if": {}}, Choice(options=("sgd", "adam"))),
        ("momentum", 0.9, Fixed(value=0.9, only_if={"optimizer": ("sgd",)})),
        ("momentum", {"high": 0.5}, Float(low=0, high=0.5, only_if={"optimizer": ("sgd",)})),
        ("momentum", [0.1], Choice(options=(0.1,), only_if={"optimizer": ("sgd",)})),
        ("momentum", {"value": 0.9, "only_if": {}}, Fixed(value=0.9)),
        ("momentum", {"only_if": {"optimizer": "adam"}},
         Float(low=0, high=0.9, only_if={"optimizer": ("adam",)})),
    ],
)  # fmt: skip
def test_an_edit_keeps_what_it_does_not_mention(name: str, edit: Any, expected: Parameter) -> None:
    edited = BASE.edited({name: edit})

    assert edited[name] == expected
    assert [edited[other] for other in edited if other != name] == [
        BASE[other] for other in BASE if other != name
    ]
    assert list(edited) == list(BASE)


def test_an_edit_of_an_unknown_parameter_suggests_the_nearest() -> None:
    with pytest.raises(SpaceError, match="did you mean 'momentum'") as caught:
        BASE.edited({"momentun": 0.5})

    assert caught.value.field == "momentun"


def test_an_edit_that_breaks_a_rule_is_refused() -> None:
    with pytest.raises(SpaceError, match="`low <= high` must hold"):
        BASE.edited({"rate": {"high": 1e-5}})


@given(edits=ODD | st.dictionaries(st.sampled_from(list(BASE)), ODD_PARAMETER, max_size=3))
def test_whatever_is_written_for_an_edit_gives_a_space_or_our_own_error(edits: Any) -> None:
    with contextlib.suppress(SpaceError):
        assert list(BASE.edited(edits)) == list(BASE)


# Conditions and membership


def test_a_conditional_parameter_must_be_there_exactly_when_its_condition_holds() -> None:
    sgd = {"optimizer": "sgd", "rate": 0.001, "units": 8, "momentum": 0.5}
    adam = {"optimizer": "adam", "rate": 0.001, "units": 8}

    BASE.check(sgd)
    BASE.check(adam)
    with pytest.raises(SpaceError, match="momentum: this parameter does not apply here"):
        BASE.check({**adam, "momentum": 0.5})
    with pytest.raises(SpaceError, match="momentum: this parameter must be given"):
        BASE.check({**adam, "optimizer": "sgd"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rate": 1.0}, "rate: 1.0 is not in"),
        ({"rate": "fast"}, "rate: 'fast' is not in"),
        ({"units": 9}, "units: 9 is not in"),
        ({"units": 8.5}, "units: 8.5 is not in"),
        ({"units": True}, "units: True is not in"),
        ({"optimizer": "adm"}, "optimizer: 'adm' is not in"),
        ({"unit": 8}, "unit: no such parameter; did you mean 'units'"),
    ],
)
def test_what_is_not_a_member_is_refused_by_name(change: dict[str, Any], said: str) -> None:
    with pytest.raises(SpaceError, match=said):
        BASE.check({"optimizer": "adam", "rate": 0.001, "units": 8, **change})


def test_a_condition_on_a_parameter_that_does_not_apply_does_not_hold() -> None:
    space = SearchSpace.parse(
        {
            "a": [0, 1],
            "b": {"value": 5, "only_if": {"a": 1}},
            "c": {"value": 6, "only_if": {"b": 5}},
        }
    )

    space.check({"a": 0})
    space.check({"a": 1, "b": 5, "c": 6})
    with pytest.raises(SpaceError, match="c: this parameter does not apply"):
        space.check({"a": 0, "c": 6})


def test_true_one_and_one_point_zero_are_three_values() -> None:
    choice = Choice(options=(True, 1, 1.0))

    assert [choice.contains(value) for value in (True, 1, 1.0, "1")] == [True, True, True, False]
    assert not Fixed(value=1).contains(True)
    assert not Fixed(value=1).contains(1.0)


@given(space=spaces(), params=st.dictionaries(NAMES, PLAIN | st.floats() | st.integers()))
def test_checking_odd_values_gives_no_error_but_our_own(
    space: SearchSpace, params: dict[str, Any]
) -> None:
    names = list(space)
    with contextlib.suppress(SpaceError):
        space.check({**params, **{names[0]: next(iter(params.values()), 0)}})


@given(space=spaces())
def test_the_size_is_the_product_of_the_parameters_sizes(space: SearchSpace) -> None:
    assert space.size() == math.prod(float(space[name].size()) for name in space)
    assert space.size() >= 1


def test_sizes_count_the_values_of_the_grid() -> None:
    assert Int(low=1, high=10, step=4).size() == 3
    assert Choice(options=("a", "b")).size() == 2
    assert Fixed(value=3).size() == 1
    assert Float(low=1, high=1).size() == 1
    assert math.isinf(Float(low=1, high=2).size())
    assert SearchSpace.parse(
        {"n": {"low": 0, "high": 2**53}, "x": {"low": 0.0, "high": 1.0}}
    ).size()


def test_both_ends_of_a_range_are_in_it() -> None:
    number = Float(low=0.1, high=0.3)
    count = Int(low=2, high=11, step=3)

    assert [number.contains(value) for value in (0.1, 0.3, 0.09, 0.31)] == [
        True,
        True,
        False,
        False,
    ]
    assert [value for value in range(14) if count.contains(value)] == [2, 5, 8, 11]
    assert count.contains(5.0)
    for odd in (math.nan, math.inf, -math.inf, 10**400, "5"):
        assert not count.contains(odd)
        assert not number.contains(odd)


def test_a_start_outside_of_its_range_is_refused_by_name() -> None:
    with pytest.raises(SpaceError, match=r"rate.*start must be one of the possible values"):
        SearchSpace.parse({"rate": {"low": 0.0, "high": 1.0, "start": 2.0}})


def test_an_edit_keeps_the_start_where_it_is_still_possible() -> None:
    space = SearchSpace.parse(
        {
            "rate": {"low": 1e-4, "high": 1e-1, "log": True, "start": 3e-3},
            "kernel": {"options": [3, 5], "start": 3},
        }
    )
    narrowed = space.edited({"rate": {"high": 1e-2}, "kernel": [3, 7]})
    moved = space.edited({"rate": {"low": 1e-2}, "kernel": [5, 7]})
    begun = space.edited({"rate": {"start": 1e-3}, "kernel": {"start": 5}})

    assert (narrowed["rate"].start, narrowed["kernel"].start) == (3e-3, 3)
    assert (moved["rate"].start, moved["kernel"].start) == (None, None)
    assert (begun["rate"].start, begun["kernel"].start) == (1e-3, 5)
    assert begun["kernel"].options == (3, 5)
    assert SearchSpace.parse(begun.to_dict()) == begun


def test_the_default_spaces_of_both_families_name_a_whole_start() -> None:
    for family in FAMILIES.values():
        parameters = family.space.parameters.values()
        assert all(parameter.start is not None for parameter in parameters)
