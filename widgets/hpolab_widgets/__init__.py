"""The lab's panels for Jupyter, each usable alone in a cell."""

from __future__ import annotations

from hpolab_widgets.lab import Lab
from hpolab_widgets.panels import Gallery, Navigation
from hpolab_widgets.state import LabState, SweepState

__all__ = ["Gallery", "Lab", "LabState", "Navigation", "SweepState"]
