"""Functions by name, "module:function": how a builder or an executor crosses to a worker."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from hpolab.errors import ConfigError, did_you_mean

__all__ = ["find_function"]


def find_function(name: str) -> Callable[..., Any]:
    """The function called "module:function"; its module is imported.

    Raises:
        ConfigError: The name has another form, or there is no such module or function.
    """
    module_name, _, function_name = name.partition(":")
    if not module_name or not function_name:
        raise ConfigError(f'{name!r} is not of the form "module:function".')
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:  # a user's module may do anything
        raise ConfigError(
            f"cannot import {module_name!r} of {name!r} ({error}); it must be a module that "
            "Python finds, such as a file in the working directory."
        ) from error
    function = getattr(module, function_name, None)
    if function is None:
        names = [known for known in vars(module) if not known.startswith("_")]
        known = did_you_mean(function_name, names)
        raise ConfigError(f"{module_name} has no {function_name}; {known}")
    if not callable(function):
        raise ConfigError(f"{name} is not a function, but {type(function).__name__}.")
    found: Callable[..., Any] = function
    return found
