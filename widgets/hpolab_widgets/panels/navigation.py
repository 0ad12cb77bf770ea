"""Where one is in the lab, and the way to its other pages."""

from __future__ import annotations

from typing import Any

from hpolab.errors import ConfigError, did_you_mean
from hpolab_widgets.hosting import is_example
from hpolab_widgets.panel import Panel

__all__ = ["PAGES", "Navigation"]

PAGES = {
    "sweep": "Sweep",
    "analysis": "Analysis",
    "setup": "New sweep",
    "sweeps": "All sweeps",
    "course": "Course",
    "playground": "Playground",
    "evolution": "Evolution",
}
"""The lab's pages and what they are called."""


class Navigation(Panel, front="navigation"):
    """The lab's name, the sweep that is shown, the pages, and the switch of light and dark."""

    watches = ("version", "page")

    def draw(self) -> dict[str, Any]:
        """Name and state of the sweep, and the page one is on."""
        sweep = self.lab.sweep
        return {
            "pages": [{"name": name, "title": title} for name, title in PAGES.items()],
            "page": self.lab.page,
            "sweep": sweep and sweep.sweep.path.name,
            "state": sweep and sweep.state,
            "is_example": bool(sweep and is_example(sweep.sweep.path)),
        }

    def wish_visit(self, page: str) -> None:
        """Go to a page.

        Raises:
            ConfigError: There is none of that name.
        """
        if page not in PAGES:
            raise ConfigError(f"there is no page {page!r:.40}; {did_you_mean(str(page), PAGES)}")
        self.lab.page = page
