"""The panels, each usable alone in a cell."""

from __future__ import annotations

from hpolab_widgets.panels.gallery import Gallery

__all__ = ["Gallery"]
