"""What the builders share: which hyperparameters are theirs, and which are those of training."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from hpolab.errors import ConfigError, did_you_mean
from hpolab.models.spaces import TRAINING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hpolab.space import Value

__all__ = ["known_arguments"]

_OF_THE_DATA = frozenset({"sequence_length"})  # says how texts are cut; the builder sees the shape


def known_arguments(builder: Callable[..., Any], params: Mapping[str, Value]) -> dict[str, Any]:
    """The hyperparameters that are keyword arguments of the builder.

    Raises:
        ConfigError: A hyperparameter is nobody's; the nearest name is suggested.
    """
    arguments = {
        name
        for name, parameter in inspect.signature(builder).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    known = arguments | set(TRAINING) | _OF_THE_DATA
    for name in params:
        if name not in known:
            raise ConfigError(f"no such hyperparameter; {did_you_mean(name, known)}", field=name)
    return {name: value for name, value in params.items() if name in arguments}
