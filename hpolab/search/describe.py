"""Samplers and pruners in words: for the documentation, the command line and the setup panel."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from hpolab.frozen import Frozen
from hpolab.search.options import PRUNERS, SAMPLERS

__all__ = ["Described", "DescribedOption", "describe_pruners", "describe_samplers"]


class DescribedOption(Frozen):
    """One option of a sampler or pruner.

    Attributes:
        name: As it is written in a config.
        default: What it is when not given.
        rule: The values it takes, in words.
        help: What it does, a sentence.
    """

    name: str
    default: bool | int | float | str | None
    rule: str
    help: str


class Described(Frozen):
    """A sampler or pruner.

    Attributes:
        name: As it is written in a config.
        summary: What it does, a sentence.
        details: More to know; may be empty.
        options: In the order of their declaration.
    """

    name: str
    summary: str
    details: str
    options: tuple[DescribedOption, ...]


def describe_samplers() -> tuple[Described, ...]:
    """Every sampler, the default first."""
    return _describe(SAMPLERS)


def describe_pruners() -> tuple[Described, ...]:
    """Every pruner."""
    return _describe(PRUNERS)


def _describe(known: Mapping[str, type[Frozen]]) -> tuple[Described, ...]:
    return tuple(_one(name, model) for name, model in known.items())


def _one(name: str, model: type[Frozen]) -> Described:
    schema = model.model_json_schema()
    summary, _, details = inspect.cleandoc(model.__doc__ or "").partition("\n\n")
    return Described(
        name=name,
        summary=" ".join(summary.split()),
        details=" ".join(details.split()),
        options=tuple(
            DescribedOption(
                name=option,
                default=field.default,
                rule=_rule(schema["properties"][option]),
                help=field.description or "",
            )
            for option, field in model.model_fields.items()
        ),
    )


def _rule(schema: Mapping[str, Any]) -> str:
    """The allowed values, from the option's JSON schema."""
    if "anyOf" in schema:
        return " or ".join(_rule(part) for part in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(schema["enum"])
    if schema["type"] == "boolean":
        return "true or false"
    if schema["type"] == "null":
        return "none"
    kind = {"integer": "a whole number", "number": "a number"}[schema["type"]]
    return f"{kind} from {schema['minimum']:g} to {schema['maximum']:g}"
