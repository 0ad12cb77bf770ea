"""Keeping small sums on one core: waking another one costs more than it helps."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

__all__ = ["on_one_core"]


def on_one_core() -> AbstractContextManager[object]:
    """While it is held, numpy multiplies matrices on the core that asks.

    A matrix product of the playground takes under a millisecond on one core. Shared out, it waits
    for the slowest of all cores, which on a busy machine has been seen to take 300 ms.
    """
    limit: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limit


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
