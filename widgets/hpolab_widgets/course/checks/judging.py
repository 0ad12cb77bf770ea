"""The self-checks of the lessons about judging: health, weights, luck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab_widgets.course.questions import Check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CHECKS"]

CHECKS: Mapping[str, Callable[[], Check]] = {
    "beaten in both": lambda: Check(
        "A network is less accurate than another, and larger. Only accuracy and size count for "
        "you. With which weights does it win?",
        right="with none",
        choices={
            "with none": "The other is ahead in both, so it is ahead in every mixture of both.",
            "with much weight on accuracy": "The other one is more accurate: it gains from that.",
            "with much weight on size": "The other one is smaller: it gains from that.",
        },
    ),
    "weights afterwards": lambda: Check(
        "A search for accuracy has ended. You give health more weight. What is first now?",
        right="the best of what was tried",
        choices={
            "the best that there is": "Sliders try nothing. The search never aimed at health.",
            "the best of what was tried": "For more, search on: hpolab reweigh, or the sliders.",
            "the same network as before": "Perhaps, if it is sturdy. It has to be looked up.",
        },
    ),
}
"""By name; see the package."""
