"""The panels, each usable alone in a cell."""

from __future__ import annotations

from hpolab_widgets.panels.gallery import Gallery
from hpolab_widgets.panels.run import RunControl
from hpolab_widgets.panels.sweeps import Sweeps

__all__ = ["Gallery", "RunControl", "Sweeps"]
