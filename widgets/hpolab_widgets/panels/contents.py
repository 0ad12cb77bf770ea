"""The course: what its lessons are about, and how one comes to them from where one is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hpolab.course.lessons import COURSE, lessons
from hpolab_widgets.panel import Panel

__all__ = ["Contents"]

_NEAR = (".", "course", "notebooks/course", COURSE, "../course", f"../{COURSE}")
"""Where the lessons are looked for, from the folder of the notebook."""


class Contents(Panel, front="contents"):
    """The lessons with their ideas. In JupyterLab an entry opens its notebook, if it is near."""

    watches = ("page",)

    def draw(self) -> dict[str, Any]:
        """Every lesson, the folder that has them (None where none is near), and how to get one."""
        found = lessons()
        return {
            "lessons": [lesson._asdict() for lesson in found],
            "place": _near(found[0].file),
            "is_own": self.lab.host.own_data,
            "commands": [
                "pip install 'hpolab[lab]'",
                "hpolab course",
                f"jupyter lab {COURSE}",
            ],
        }


def _near(file: str) -> str | None:
    """The first folder with this notebook, from where the kernel runs."""
    return next((place for place in _NEAR if (Path.cwd() / place / file).is_file()), None)
