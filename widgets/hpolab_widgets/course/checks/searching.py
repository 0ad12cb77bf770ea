"""The self-checks of the lessons about searching: samplers and pruners."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hpolab_widgets.course.questions import Check

__all__ = ["CHECKS"]

CHECKS: Mapping[str, Callable[[], Check]] = {}
"""By name; see the package."""
