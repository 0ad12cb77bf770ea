"""Who has come: asked of the browser when the app's page is ready."""

from __future__ import annotations

from typing import Any

from hpolab_widgets.panel import Panel

__all__ = ["Entrance"]


class Entrance(Panel, front="entrance"):
    """Invisible; tells the lab the number that this browser keeps for its visitor.

    A kernel may have been started before anybody came, so whose sweeps to show is known only now.
    """

    watches = ()
    _has_come = False

    def draw(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def wish_arrive(self, visitor: str) -> None:
        """Take in who has come, once: the page may be drawn again.

        Raises:
            ConfigError: That is no visitor's number.
        """
        if not self._has_come:
            self.lab.arrive(visitor)
            self._has_come = True
