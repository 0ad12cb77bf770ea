"""What may vary: named parameters, their ranges, and the conditions under which they count.

In YAML a parameter is written as short as it can be::

    learning_rate: {low: 1.0e-4, high: 1.0e-2, log: true}   # a range
    activation: [relu, tanh]                                # a choice
    batch_size: 64                                          # fixed
    momentum: {low: 0.0, high: 0.99, only_if: {optimizer: [sgd]}}
    dropout: {low: 0.0, high: 0.5, start: 0.2}              # where searches that learn begin
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hpolab.errors import ConfigError, SpaceError, did_you_mean
from hpolab.parameters import Choice, Fixed, Float, Int, Parameter, Params, Value

__all__ = ["Choice", "Fixed", "Float", "Int", "Parameter", "Params", "SearchSpace", "Value"]


@dataclass(frozen=True)
class SearchSpace:
    """Named parameters in order; a condition may only look at parameters before it.

    Raises:
        SpaceError: A condition looks at a parameter that does not come earlier.
    """

    parameters: Mapping[str, Parameter]

    def __post_init__(self) -> None:
        earlier: dict[str, Parameter] = {}
        for name, parameter in self.parameters.items():
            for parent, values in parameter.only_if.items():
                _check_condition(name, parent, values, earlier)
            earlier[name] = parameter

    def __iter__(self) -> Iterator[str]:
        """Parameter names, parents before children."""
        return iter(self.parameters)

    def __getitem__(self, name: str) -> Parameter:
        """The parameter of that name."""
        return self.parameters[name]

    def __len__(self) -> int:
        """How many parameters there are, fixed ones included."""
        return len(self.parameters)

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> SearchSpace:
        """Build a space from plain data, in the shorthand of the module's docstring.

        Raises:
            SpaceError: A parameter breaks a rule; names it.
        """
        _check_names(data)
        return cls({name: _read(name, value) for name, value in data.items()})

    def edited(self, edits: Mapping[str, Any]) -> SearchSpace:
        """This space with some parameters given other ranges or fixed values.

        An edit keeps what it does not mention: the condition, and for a range the scale and the
        other bound.

        Raises:
            SpaceError: A name is not in this space (the nearest one is suggested), or an edit
                breaks a rule.
        """
        _check_names(edits)
        changed = dict(self.parameters)
        for name, edit in edits.items():
            if name not in changed:
                raise SpaceError(f"no such parameter; {did_you_mean(name, changed)}", field=name)
            changed[name] = _read_edit(name, edit, changed[name])
        return SearchSpace(changed)

    def check(self, params: Mapping[str, Value]) -> None:
        """Refuse a configuration that is not a member of this space.

        Raises:
            SpaceError: A value is missing, out of range, unknown, or does not apply.
        """
        for name in params:
            if name not in self.parameters:
                known = did_you_mean(name, self.parameters)
                raise SpaceError(f"no such parameter; {known}", field=name)
        for name, parameter in self.parameters.items():
            if parameter.applies(params) != (name in params):
                rule = "must be given" if parameter.applies(params) else "does not apply here"
                raise SpaceError(f"this parameter {rule}; got {dict(params)}.", field=name)
            if name in params and not parameter.contains(params[name]):
                raise SpaceError(f"{params[name]!r} is not in {parameter!r}.", field=name)

    def size(self) -> float:
        """How many configurations there are at most, conditions left aside; may be infinite."""
        return math.prod(float(parameter.size()) for parameter in self.parameters.values())

    def to_dict(self) -> dict[str, Any]:
        """Plain data that ``parse`` reads back to an equal space, as short as can be."""
        return {name: _write(parameter) for name, parameter in self.parameters.items()}


def _check_names(data: object) -> None:
    if not isinstance(data, Mapping) or not all(isinstance(name, str) for name in data):
        raise SpaceError(f"write parameters as `name: what it may be` lines; got {data!r:.80}.")


def _read(name: str, data: Any) -> Parameter:
    """One parameter from its shorthand."""
    if isinstance(data, Float | Int | Choice | Fixed):
        return data
    if isinstance(data, bool | int | float | str):
        data = {"value": data}
    elif isinstance(data, list | tuple):
        data = {"options": data}
    elif not isinstance(data, Mapping):
        rule = "write a value, a list of options, or low and high"
        raise SpaceError(f"{rule}; got {data!r:.80}.", field=name)
    kind: type[Parameter]
    if "options" in data:
        kind = Choice
    elif "value" in data:
        kind = Fixed
    elif all(type(data.get(bound)) is int for bound in ("low", "high")):
        kind = Int
    else:
        kind = Float
    return _parse(kind, name, data)


def _read_edit(name: str, edit: Any, default: Parameter) -> Parameter:
    """One parameter from an edit of ``default``: what is not mentioned stays, if it still can."""
    kept: dict[str, Any] = {"only_if": default.only_if}
    if not isinstance(edit, Mapping):
        return _begun_as(default, _read(name, edit).replace(**kept))
    is_part = not {"options", "value"} & set(edit)
    if is_part and (isinstance(default, Float | Int) or set(edit) <= {"only_if", "start"}):
        kept = {**dict(default), "start": None} if "start" not in edit else dict(default)
        return _begun_as(default, _parse(type(default), name, {**kept, **edit}))
    return _begun_as(default, _read(name, {**kept, **edit}))


def _begun_as(default: Parameter, edited: Parameter) -> Parameter:
    """The edited parameter with the default's start, where it names none and that is possible."""
    if isinstance(default, Fixed) or isinstance(edited, Fixed) or edited.start is not None:
        return edited
    possible = default.start is not None and edited.contains(default.start)
    return edited.replace(start=default.start) if possible else edited


def _parse(kind: type[Parameter], name: str, data: Mapping[str, Any]) -> Parameter:
    """``kind.parse`` with single values in ``only_if`` wrapped, and errors as SpaceError."""
    condition = data.get("only_if")
    if isinstance(condition, Mapping):
        wrapped = {
            parent: values if isinstance(values, list | tuple) else (values,)
            for parent, values in condition.items()
        }
        data = {**data, "only_if": wrapped}
    try:
        return kind.parse(data, at=name)
    except ConfigError as error:
        raise SpaceError(error.rule, field=error.field) from error


def _write(parameter: Parameter) -> Any:
    """The shortest plain data that ``_read`` turns back into the parameter."""
    data = parameter.model_dump(mode="json", exclude_defaults=True)
    if isinstance(parameter, Fixed) and not parameter.only_if:
        return parameter.value
    if isinstance(parameter, Choice) and data.keys() == {"options"}:
        return list(parameter.options)
    return data


def _check_condition(
    name: str, parent: str, values: tuple[Value, ...], earlier: Mapping[str, Parameter]
) -> None:
    if parent not in earlier:
        rule = "a condition must look at a parameter that comes before it"
        raise SpaceError(f"{rule}; {did_you_mean(parent, earlier)}", field=f"{name}.only_if")
    if not values:
        where = f"{name}.only_if.{parent}"
        raise SpaceError("a condition must list at least one value.", field=where)
