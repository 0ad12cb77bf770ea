"""The panels, each usable alone in a cell."""

from __future__ import annotations

from hpolab_widgets.panels.gallery import Gallery
from hpolab_widgets.panels.run import RunControl

__all__ = ["Gallery", "RunControl"]
