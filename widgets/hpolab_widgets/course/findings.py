"""A finding of the study that ships with hpolab: its question, its networks, its numbers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from hpolab.course import finding
from hpolab.errors import ConfigError
from hpolab.plots import draw_networks, draw_numbers, networks_title
from hpolab_widgets.charts import ChartPanel

if TYPE_CHECKING:
    from hpolab_widgets.charts import Pen

__all__ = ["StudyFinding"]

_FIGURES = {"networks": draw_networks, "numbers": draw_numbers}


class StudyFinding(ChartPanel, front="finding", uses=("figures",)):
    """What many random networks say to one question about health. Nothing is trained for it."""

    watches = ()

    def __init__(self, name: str) -> None:
        """A panel on a finding.

        Args:
            name: Of the question; see hpolab.course.finding.

        Raises:
            ConfigError: There is no such finding.
        """
        self._finding = finding(name)
        super().__init__()

    def draw(self) -> dict[str, Any]:
        """The question, the answer, and which figures go with them."""
        found = self._finding
        return {
            "question": found.question,
            "answer": found.answer,
            "tone": found.tone,
            "figures": [
                {
                    "name": figure,
                    "title": networks_title(found.name) if figure == "networks" else "The numbers",
                    "stamp": found.name,
                    "is_finding": True,
                    "file": self.file_name(figure),
                }
                for figure in _FIGURES
            ],
        }

    def stamp(self, name: str) -> str:
        """The finding: what ships with the package does not change."""
        if name not in _FIGURES:
            raise ConfigError(f"there is no chart {name!r:.40}.")
        return self._finding.name

    def pen(self, name: str) -> Pen:
        """Draws the networks, or the numbers."""
        return partial(_FIGURES[name], self._finding.name)

    def file_name(self, name: str) -> str:
        """With the finding's name."""
        return f"study-{self._finding.name}-{name}"
