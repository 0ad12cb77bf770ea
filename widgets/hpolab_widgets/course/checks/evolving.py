"""The self-checks of the lesson about evolution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab_widgets.course.questions import Check, Scale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CHECKS"]

CHECKS: Mapping[str, Callable[[], Check]] = {
    "generations of a budget": lambda: Check(
        "A swarm of 40 particles may look at 4,000 points. How many generations does it live?",
        right=100,
        scale=Scale(0, 400, 10),
        why="4,000 / 40 = 100: every generation looks at as many points as there are particles.",
    ),
    "the best algorithm": lambda: Check(
        "An algorithm beats four others on your function, in all of 15 runs. What do you know?",
        right="that it suits this function",
        choices={
            "that it is the best algorithm": "On another function another one may be: see above.",
            "that it suits this function": "It was not luck, and it says nothing of the next one.",
            "nothing, it may be luck": "Fifteen of fifteen are hardly luck.",
        },
    ),
}
"""By name; see the package."""
