"""The base of every record that crosses a file or a process: frozen, strict, JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from hpolab.errors import ConfigError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Frozen"]


class Frozen(BaseModel):
    """A record that is never changed, only replaced; unknown fields are errors."""

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
            raise _first_problem(error, cls, at) from error

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed, validated like a new one."""
        return type(self).parse({**dict(self), **changes})

    def to_json(self) -> str:
        """One line of JSON that ``parse`` reads back to an equal record."""
        return self.model_dump_json()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able data: str, int, float, bool, None, list, dict."""
        return self.model_dump(mode="json")


def _first_problem(error: ValidationError, model: type[BaseModel], at: str) -> ConfigError:
    """The first of pydantic's problems as our own error, the field's path in front."""
    problem = error.errors(include_url=False)[0]
    cause = problem.get("ctx", {}).get("error")
    path = [str(part) for part in problem["loc"]]
    if isinstance(cause, ConfigError):
        inner = cause.field
        message = str(cause).removeprefix(f"{inner}: ") if inner else str(cause)
        path += [inner] if inner else []
        field = ".".join([at, *path] if at else path)
        return type(cause)(message, field=field)
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        known = model.model_fields if len(path) == 1 else ()
        message = "no such setting; " + (did_you_mean(path[-1], known) if known else "remove it.")
    elif problem["type"] != "missing":
        shown = repr(problem["input"])
        message += f" (got {shown if len(shown) <= 80 else shown[:77] + '...'})"
    return ConfigError(message, field=".".join([at, *path] if at else path))
