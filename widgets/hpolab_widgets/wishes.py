"""What comes with a wish from a browser, checked before anything is done with it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from hpolab.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["check_details"]


def check_details(method: Callable[..., None], details: Mapping[str, Any]) -> None:
    """Refuse details that no method takes: a list, a mapping, a name unheard of.

    What a detail means, and its range, is for the method to check.

    Raises:
        ConfigError: Says which detail.
    """
    try:
        inspect.signature(method).bind(**details)
    except TypeError as error:
        raise ConfigError(
            f"this is not how to ask for it: {error}; load the page again."
        ) from None
    for name, value in details.items():
        if not isinstance(value, str | int | float | None):
            raise ConfigError(f"{name:.40} is a text or a number; load the page again.")
