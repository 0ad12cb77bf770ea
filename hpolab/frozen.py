"""The base of every record that crosses a file or a process: frozen, strict, JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from hpolab.errors import ConfigError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic._internal._model_construction import ModelMetaclass as _Meta
else:
    _Meta = type(BaseModel)  # not public by its name

__all__ = ["Frozen"]

_MEMBERS = {"bool", "int", "float", "str"}
"""How pydantic calls the members of a union of plain values."""


class _Translated(_Meta):
    """Makes ``Record(field=...)`` raise our own error too, as ``parse`` does."""

    if not TYPE_CHECKING:  # type checkers know each record's own signature

        def __call__(cls, *args, **fields):
            try:
                return super().__call__(*args, **fields)
            except ValidationError as error:
                raise _first_problem(error, cls, fields, "") from error


class Frozen(BaseModel, metaclass=_Translated):
    """A record that is never changed, only replaced; unknown fields are errors.

    Raises:
        ConfigError: A field is unknown, missing or breaks its rule; names the field.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def parse(cls, data: Mapping[str, Any] | str | bytes, *, at: str = "") -> Self:
        """Build the record from JSON text or from plain data.

        Args:
            data: JSON text, or the mapping it would decode to.
            at: Dotted path of this record in a larger one; error messages start with it.

        Raises:
            ConfigError: A field is unknown, missing or breaks its rule; names the field.
        """
        try:
            if isinstance(data, str | bytes):
                return cls.model_validate_json(data)
            return cls.model_validate(data)
        except ValidationError as error:
            raise _first_problem(error, cls, _decoded(data), at) from error

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed, validated like a new one."""
        return type(self).parse({**dict(self), **changes})

    def to_json(self) -> str:
        """One line of JSON that ``parse`` reads back to an equal record."""
        return self.model_dump_json()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able data: str, int, float, bool, None, list, dict."""
        return self.model_dump(mode="json")


def _first_problem(
    error: ValidationError, model: type[BaseModel], data: Any, at: str
) -> ConfigError:
    """The first of pydantic's problems as our own error, the field's path in front."""
    problems = error.errors(include_url=False)
    misspelt = [problem for problem in problems if problem["type"] == "extra_forbidden"]
    problem = (misspelt or problems)[0]  # a misspelt name also leaves the right one missing
    is_missing = problem["type"] == "missing"
    path = _path_in(data, problem["loc"], is_missing=is_missing)
    cause = problem.get("ctx", {}).get("error")
    if isinstance(cause, ConfigError):
        inner = cause.field
        message = cause.rule
        path += [inner] if inner else []
        return type(cause)(message, field=".".join([at, *path] if at else path))
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        known = _fields_at(model, path[:-1])
        message = "no such setting; " + (did_you_mean(path[-1], known) if known else "remove it.")
    elif not is_missing:
        if problem["loc"] and problem["loc"][-1] in _MEMBERS:
            message = "Input should be true or false, a number or a text"
        shown = repr(problem["input"])
        message += f" (got {shown if len(shown) <= 80 else shown[:77] + '...'})"
    return ConfigError(message, field=".".join([at, *path] if at else path))


def _path_in(data: Any, location: tuple[int | str, ...], *, is_missing: bool) -> list[str]:
    """Where in the data a problem is, as the person who wrote them would say.

    Pydantic's own location also names the members of a union that it has tried ("bool", or the
    kind of an event); those are not in the data, and are left out.
    """
    path = []
    for index, part in enumerate(location):
        is_last = index == len(location) - 1
        if isinstance(data, BaseModel):
            data = dict(data)
        if isinstance(data, Mapping):
            is_there = part in data or (is_missing and is_last)
            data = data.get(part, data) if is_there else data
        elif isinstance(data, list | tuple):
            is_there = isinstance(part, int) and part < len(data)
            data = data[part] if isinstance(part, int) and is_there else data
        else:  # a shorthand, which a validator has written out
            is_there = part not in _MEMBERS
        if is_there:
            path.append(str(part))
    return path


def _fields_at(model: type[BaseModel], path: list[str]) -> Iterable[str]:
    """The fields of the record at a path in this one; none when that is not a single record."""
    for name in path:
        field = model.model_fields.get(name)
        if field is None or not isinstance(field.annotation, type):
            return ()
        if not issubclass(field.annotation, BaseModel):
            return ()
        model = field.annotation
    return model.model_fields


def _decoded(data: Mapping[str, Any] | str | bytes) -> Any:
    """Data as they look to pydantic; an empty mapping where the JSON text is none."""
    if not isinstance(data, str | bytes):
        return data
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return {}
