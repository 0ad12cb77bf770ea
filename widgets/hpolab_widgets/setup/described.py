"""What the front end must know to draw the form: choices, their words, their defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab.data.known import OWN
from hpolab.models import FAMILIES
from hpolab.search import describe_pruners, describe_samplers
from hpolab.search.options import PRUNERS, SAMPLERS
from hpolab.settings import runpod_settings, settings
from hpolab.space import Choice, Fixed, Int
from hpolab_widgets.setup.form import DEFAULTS
from hpolab_widgets.setup.presets import PRESETS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hpolab.data import DatasetInfo
    from hpolab.frozen import Frozen
    from hpolab.search import Described
    from hpolab.space import Parameter, SearchSpace

__all__ = ["described", "rows_of"]

_OWN_TITLES = {
    "images": "a folder with one folder of pictures for each class",
    "texts": "a CSV file with a column of texts and one of labels",
    "arrays": "an .npz file with arrays of examples and labels",
}

_HELP = {
    "n_blocks": "How many layers of filters the network stacks.",
    "filters": "Patterns that the first layer looks for; later layers look for more.",
    "kernel_size": "Side of a filter, in pixels.",
    "pooling": "How a block halves the picture.",
    "head": "How the filters' answers become one list of numbers.",
    "dense_units": "Width of the layer before the answer.",
    "activation": "The bend in every unit; without one a network could only draw lines.",
    "dropout": "Share of units switched off at random while learning, against learning by heart.",
    "batch_norm": "Whether the numbers between layers are brought to one scale.",
    "optimizer": "The rule that turns errors into steps.",
    "momentum": "How much of the last step goes on into the next.",
    "learning_rate": "How large the steps are: too small is slow, too large never settles.",
    "schedule": "How the learning rate changes while learning.",
    "weight_decay": "A pull of all weights towards zero, against learning by heart.",
    "batch_size": "Examples looked at before each step.",
    "vocabulary": "How many different words the network tells apart.",
    "sequence_length": "How many words of a text it reads.",
    "embedding_width": "Numbers that stand for one word.",
    "lstm_units": "How much the network can remember while it reads.",
    "n_layers": "How many such memories are stacked.",
    "bidirectional": "Whether it also reads backwards.",
}


def described(infos: Iterable[DatasetInfo], *, own_data: bool) -> dict[str, Any]:
    """Everything that stays as it is while the form is filled in, as JSON."""
    datasets = [_dataset(info) for info in infos]
    if own_data:
        datasets += [{"name": name, "title": _OWN_TITLES[name], "own": True} for name in OWN]
    return {
        "defaults": dict(DEFAULTS),
        "datasets": datasets,
        "own_data": own_data,
        "presets": [{"name": name, **preset._asdict()} for name, preset in PRESETS.items()],
        "samplers": [_choice(each, SAMPLERS) for each in describe_samplers()],
        "pruners": [_choice(each, PRUNERS) for each in describe_pruners()],
        "models": [{"name": family.name, "kind": family.kind} for family in FAMILIES.values()],
        "workers": settings().workers,
        "endpoint": runpod_settings().endpoint_id if own_data else "",
    }


def rows_of(space: SearchSpace) -> list[dict[str, Any]]:
    """The parameters of a space for a table, in order, as JSON."""
    return [_row(name, space[name]) for name in space]


def _dataset(info: DatasetInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "title": info.title,
        "kind": info.kind,
        "shape": list(info.shape),
        "classes": info.n_classes,
        "examples": info.n_train,
        "test": info.n_test,
        "here": info.is_here,
        "download": info.download_bytes,
        "problem": info.problem,
        "own": False,
    }


def _choice(each: Described, known: Mapping[str, type[Frozen]]) -> dict[str, Any]:
    """A sampler or pruner with its options, each with the kind of control that it needs."""
    properties = known[each.name].model_json_schema().get("properties", {})
    options = [
        {**option.to_dict(), **_control(properties[option.name])} for option in each.options
    ]
    return {**each.to_dict(), "options": options}


def _control(schema: Mapping[str, Any]) -> dict[str, Any]:
    if "enum" in schema:
        return {"control": "options", "options": list(schema["enum"])}
    return {"control": "switch" if schema.get("type") == "boolean" else "number"}


def _row(name: str, parameter: Parameter) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": name,
        "help": _HELP.get(name, ""),
        "when": _condition(parameter),
    }
    if isinstance(parameter, Choice):
        return {**row, "kind": "choice", "options": list(parameter.options)}
    if isinstance(parameter, Fixed):
        return {**row, "kind": "fixed", "value": parameter.value}
    return {
        **row,
        "kind": "whole" if isinstance(parameter, Int) else "real",
        "low": parameter.low,
        "high": parameter.high,
        "log": parameter.log,
        "step": parameter.step if isinstance(parameter, Int) else 1,
    }


def _condition(parameter: Parameter) -> str:
    """In words, as "only if optimizer is sgd"; empty for what always counts."""
    parts = [
        f"{name.replace('_', ' ')} is {' or '.join(_word(value) for value in values)}"
        for name, values in parameter.only_if.items()
    ]
    return "only if " + " and ".join(parts) if parts else ""


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value).replace("_", " ")
