"""The lab's panels for Jupyter, each usable alone in a cell."""

from __future__ import annotations

from hpolab_widgets.panels import Gallery, RunControl, Sweeps
from hpolab_widgets.state import LabState, SweepState

__all__ = ["Gallery", "LabState", "RunControl", "SweepState", "Sweeps"]
