"""A form is what differs from the defaults, as plain data; here it meets SweepConfig.

The browser edits the form and nothing else. Its shape is that of a config file, with every section
written out: ``{"dataset": {"name": "mnist"}, "budget": {"trials": 8}}``.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from hpolab.config import SweepConfig
from hpolab.health.limits import Limits
from hpolab.search import PrunerSpec, SamplerSpec

__all__ = [
    "DEFAULTS",
    "difference",
    "form_of",
    "put",
    "read",
    "without",
    "without_deepest",
    "written_out",
]

Form = dict[str, Any]

DEFAULTS: Mapping[str, Any] = SweepConfig().to_dict()
"""Every setting when nothing is asked."""

_NOTHING = object()
_SPECS = {"sampler": SamplerSpec, "pruner": PrunerSpec}


def read(form: Mapping[str, Any], path: str, default: Any = None) -> Any:
    """What stands at a dotted path of nested mappings."""
    data: Any = form
    for name in path.split("."):
        if not isinstance(data, Mapping) or name not in data:
            return default
        data = data[name]
    return data


def put(form: Mapping[str, Any], path: str, value: Any) -> Form:
    """A copy with this value there; with nothing there when it is the default anyway."""
    if value == read(DEFAULTS, path):
        return without(form, path)
    section, _, rest = path.partition(".")
    inner = form.get(section)
    return {
        **form,
        section: put_plain(inner if isinstance(inner, Mapping) else {}, rest, value)
        if rest
        else value,
    }


def put_plain(data: Mapping[str, Any], path: str, value: Any) -> Form:
    """A copy with this value at a dotted path."""
    name, _, rest = path.partition(".")
    if not rest:
        return {**data, name: value}
    inner = data.get(name)
    return {**data, name: put_plain(inner if isinstance(inner, Mapping) else {}, rest, value)}


def without(form: Mapping[str, Any], path: str) -> Form:
    """A copy with nothing at this path, nor at sections that are empty then."""
    name, _, rest = path.partition(".")
    inner = form.get(name)
    if rest and not isinstance(inner, Mapping):
        return dict(form)
    left = without(inner, rest) if rest and isinstance(inner, Mapping) else {}
    others = {key: value for key, value in form.items() if key != name}
    return {key: left if key == name else form[key] for key in form} if left else others


def without_deepest(form: Mapping[str, Any], path: str) -> Form:
    """A copy without the deepest part of this path that is there: what an error is about."""
    while path and read(form, path, _NOTHING) is _NOTHING:
        path = path.rpartition(".")[0]
    return without(form, path) if path else dict(form)


def form_of(config: SweepConfig) -> Form:
    """The form that asks for this config."""
    data = config.to_dict()
    form = {
        name: difference(data[name], default)
        for name, default in DEFAULTS.items()
        if name not in {*_SPECS, "limits", "space"} and data[name] != default
    }
    for name, kind in _SPECS.items():
        if data[name] != DEFAULTS[name]:
            usual = kind.parse(data[name]["name"]).to_dict()
            form[name] = {"name": data[name]["name"], **difference(data[name], usual)}
    if config.limits is not None:
        form["limits"] = difference(data["limits"], Limits().to_dict())
    if "proportions" in form.get("weights", {}):
        form["weights"]["proportions"] = data["weights"][
            "proportions"
        ]  # a part would not sum to 1
    if config.space:
        form["space"] = config.space
    return {name: form[name] for name in DEFAULTS if name in form}


def difference(data: Any, default: Any) -> Any:
    """What of some plain data is not as in the default; the data where these are no mappings."""
    if not isinstance(data, dict) or not isinstance(default, Mapping):
        return data
    return {
        name: difference(value, default.get(name))
        for name, value in data.items()
        if name not in default or value != default[name]
    }


def written_out(data: Mapping[str, Any]) -> Form:
    """A form from what a config file holds, whose shorthand the browser need not know."""
    form = copy.deepcopy(dict(data))
    for name in ("dataset", "sampler", "pruner", "executor"):
        if isinstance(form.get(name), str):
            form[name] = {"name": form[name]}
    if type(form.get("budget")) is int:
        form["budget"] = {"trials": form["budget"]}
    if form.get("limits") == "none":
        form["limits"] = difference(Limits.none().to_dict(), Limits().to_dict())
    if isinstance(form.get("space"), dict):
        form["space"] = {name: _short(edit) for name, edit in form["space"].items()}
    return form


def _short(edit: Any) -> Any:
    """An edit of a parameter as the value or the list that it is."""
    if isinstance(edit, dict) and len(edit) == 1:
        return next((edit[key] for key in ("value", "options") if key in edit), edit)
    return edit
