from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import Field, model_validator

from hpolab.errors import ConfigError, SpaceError
from hpolab.events import Entry
from hpolab.frozen import Frozen


class Inner(Frozen):
    size: int = Field(default=1, ge=1)
    mode: Literal["a", "b"] = "a"

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, data: Any) -> Any:
        return {"mode": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _rule(self) -> Inner:
        if self.size == 13:
            raise SpaceError("thirteen is unlucky; take 14.", field="size")
        return self


class Outer(Frozen):
    name: str
    inner: Inner = Inner()
    values: dict[str, bool | int | float | str] = Field(default_factory=dict)
    inners: tuple[Inner, ...] = ()


@pytest.mark.parametrize(
    ("data", "field", "said"),
    [
        ({}, "name", "Field required"),
        ({"nme": "x"}, "nme", "no such setting; did you mean 'name'"),
        ({"name": "x", "inner": {"size": 0}}, "inner.size", "greater than or equal to 1.*got 0"),
        ({"name": "x", "inner": {"sizes": 1}}, "inner.sizes", "did you mean 'size'"),
        ({"name": "x", "inner": "c"}, "inner.mode", "'a' or 'b'.*got 'c'"),
        ({"name": "x", "inner": 3}, "inner", "got 3"),
        ({"name": "x", "inner": {"size": 13}}, "inner.size", "unlucky; take 14"),
        ({"name": "x", "inners": [{}, {"size": 13}]}, "inners.1.size", "unlucky"),
        ({"name": "x", "inners": [{}, {"size": "x"}]}, "inners.1.size", "valid integer"),
        ({"name": "x", "inners": [{"sise": 1}]}, "inners.0.sise", "no such setting"),
        ({"name": "x", "values": {"lr": None}}, "values.lr", "true or false, a number or a text"),
        ({"name": "x", "values": {"float": []}}, "values.float", "a number or a text"),
        ({"name": "x", "values": {"a": float("nan")}}, "values.a", "a number or a text"),
        ([1], "", "got \\[1\\]"),
        ({"name": "x" * 500, "inner": "y" * 500}, "inner.mode", "\\.\\.\\.\\)"),
    ],
)
def test_the_field_is_named_as_its_writer_knows_it(data: Any, field: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        Outer.parse(data)

    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: " if field else "Input")
    with pytest.raises(ConfigError) as below:
        Outer.parse(data, at="top")
    assert below.value.field == f"top.{field}".rstrip(".")


@pytest.mark.parametrize("text", ["{", "[1]", "3", "", b"\xff", "[" * 5000, '{"name": 1}'])
def test_json_text_that_is_no_such_record_is_our_own_error(text: str | bytes) -> None:
    with pytest.raises(ConfigError):
        Outer.parse(text)


def test_the_kind_of_an_event_is_not_part_of_a_fields_path() -> None:
    line = {"seq": 0, "utc": "2030-01-01T00:00:00Z", "event": {"kind": "noted", "massage": "x"}}

    with pytest.raises(ConfigError) as caught:
        Entry.parse(line)

    assert caught.value.field == "event.massage"


def test_building_a_record_by_hand_raises_the_same_errors() -> None:
    with pytest.raises(ConfigError, match="did you mean 'inner'") as caught:
        Outer(name="x", iner=Inner())  # type: ignore[call-arg]
    with pytest.raises(SpaceError, match="unlucky"):
        Inner(size=13)

    assert caught.value.field == "iner"


def test_an_error_keeps_its_own_kind_and_its_cause() -> None:
    with pytest.raises(SpaceError) as caught:
        Outer.parse({"name": "x", "inner": {"size": 13}})

    assert caught.value.__cause__ is not None


def test_records_are_replaced_never_changed() -> None:
    outer = Outer(name="x")

    changed = outer.replace(name="y", inner={"size": 3})

    assert (changed.name, changed.inner.size, outer.name) == ("y", 3, "x")
    with pytest.raises(ConfigError, match="no such setting"):
        outer.replace(nam="z")
    with pytest.raises(ValueError, match="frozen"):
        outer.name = "z"  # type: ignore[misc]


def test_json_is_one_line_that_is_read_back_equal() -> None:
    outer = Outer(name="a\nb", values={"t": True, "i": 1, "f": 1.0, "s": "1"}, inners=(Inner(),))

    text = outer.to_json()

    assert "\n" not in text
    assert Outer.parse(text) == Outer.parse(outer.to_dict()) == outer
    assert [type(value) for value in Outer.parse(text).values.values()] == [bool, int, float, str]
