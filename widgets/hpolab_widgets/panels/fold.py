"""A button that folds what comes below it, where there is no room beside."""

from __future__ import annotations

from typing import Any

import traitlets as t

from hpolab_widgets.panel import Panel

__all__ = ["Fold"]


class Fold(Panel, front="fold"):
    """Opens and closes the box that it stands in; only seen where the lab is narrow."""

    watches = ()

    title = t.Unicode(help="What is folded.").tag(sync=True, told=True)

    def draw(self) -> dict[str, Any]:
        """What the button says; whether it is open, the browser alone knows."""
        return {"title": self.title}
