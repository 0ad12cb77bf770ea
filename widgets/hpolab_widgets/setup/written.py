"""A config as the YAML file and the Python code that ask for the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab.health.limits import Limits
from hpolab.storage.plain_yaml import to_yaml
from hpolab_widgets.setup.form import form_of

if TYPE_CHECKING:
    from hpolab.config import SweepConfig

__all__ = ["as_python", "as_yaml", "shortest"]

_WIDTH = 88


def as_yaml(config: SweepConfig) -> str:
    """The file that ``SweepConfig.load`` reads back to an equal config."""
    data = shortest(config)
    return to_yaml(data) if data else "{}\n"


def as_python(config: SweepConfig) -> str:
    """Code that makes an equal config, and starts the search in its last line."""
    given = "".join(
        f"    {name}={_code(value, len(name) + 5)},\n" for name, value in shortest(config).items()
    )
    inside = f"\n{given}" if given else ""
    return (
        "from hpolab import Sweep, SweepConfig\n\n"
        f"config = SweepConfig({inside})\n"
        "sweep = Sweep(config).start()\n"
    )


def shortest(config: SweepConfig) -> dict[str, Any]:
    """What differs from the defaults, in the shorthand for people."""
    data = form_of(config)
    for name in ("dataset", "sampler", "pruner", "executor"):
        if set(data.get(name, {})) == {"name"}:
            data[name] = data[name]["name"]
    if set(data.get("budget", {})) == {"trials"} and data["budget"]["trials"] is not None:
        data["budget"] = data["budget"]["trials"]
    if config.limits == Limits.none():
        data["limits"] = "none"
    return data


def _code(value: Any, indent: int, depth: int = 1) -> str:
    """A literal, on several lines where one would be too long."""
    text = repr(value)
    if len(text) + indent <= _WIDTH or not isinstance(value, dict | list) or not value:
        return text.replace("'", '"') if "\\" not in text and '"' not in text else text
    inner, outer = "    " * (depth + 1), "    " * depth
    if isinstance(value, list):
        lines = [_code(item, len(inner), depth + 1) for item in value]
        opening, closing = "[", "]"
    else:
        lines = [
            f"{_code(key, 0)}: {_code(item, len(inner) + len(str(key)) + 5, depth + 1)}"
            for key, item in value.items()
        ]
        opening, closing = "{", "}"
    body = "".join(f"{inner}{line},\n" for line in lines)
    return f"{opening}\n{body}{outer}{closing}"
