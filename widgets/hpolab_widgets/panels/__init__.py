"""The panels, each usable alone in a cell."""

from __future__ import annotations

from hpolab_widgets.panels.entrance import Entrance
from hpolab_widgets.panels.fold import Fold
from hpolab_widgets.panels.gallery import Gallery
from hpolab_widgets.panels.navigation import Navigation

__all__ = ["Entrance", "Fold", "Gallery", "Navigation"]
