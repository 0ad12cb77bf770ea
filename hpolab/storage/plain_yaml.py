"""YAML for people: ``1e-3`` is a number, and a setting that is written twice is an error.

PyYAML follows YAML 1.1, where ``1e-3`` without a dot is a text; in a search space it would
silently become a choice between words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from hpolab.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from pathlib import Path

__all__ = ["parse_yaml", "read_yaml", "to_yaml"]

_FLOAT = "tag:yaml.org,2002:float"
_WITH_EXPONENT = re.compile(r"^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+$")


class _Loader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Like the original, but no key may come twice."""
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value!r} is there twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


class _Dumper(yaml.SafeDumper):
    """Writes quotes around texts that ``_Loader`` would read as numbers."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Write equal values out; anchors are not for people."""
        return True


for _kind in (_Loader, _Dumper):
    _kind.add_implicit_resolver(_FLOAT, _WITH_EXPONENT, list("-+.0123456789"))


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file.

    Raises:
        ConfigError: The file cannot be read, is not YAML, or is not a mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}") from error
    return parse_yaml(text, named=str(path))


def parse_yaml(text: str, *, named: str) -> dict[str, Any]:
    """The mapping in a YAML text.

    Args:
        text: What a file would hold.
        named: What to call it in an error.

    Raises:
        ConfigError: It is not YAML, or is not a mapping.
    """
    try:
        data = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ConfigError(f"{named} is not valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{named} must hold settings as `name: value` lines.")
    return data


def to_yaml(data: Mapping[str, Any]) -> str:
    """YAML text that ``read_yaml`` reads back to equal data, in the given order."""
    return yaml.dump(dict(data), Dumper=_Dumper, sort_keys=False)
