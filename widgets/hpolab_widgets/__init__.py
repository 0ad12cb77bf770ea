"""The lab's panels for Jupyter, each usable alone in a cell, and the lab that they make up."""

from __future__ import annotations

from hpolab_widgets.lab import Lab
from hpolab_widgets.panels import (
    Analysis,
    Comparison,
    Contents,
    Diagnostics,
    Gallery,
    Navigation,
    Network,
    Playground,
    RaceTrack,
    RunControl,
    Setup,
    Sweeps,
    TrialView,
    WeightSliders,
)
from hpolab_widgets.state import LabState, SweepState

__all__ = [
    "Analysis",
    "Comparison",
    "Contents",
    "Diagnostics",
    "Gallery",
    "Lab",
    "LabState",
    "Navigation",
    "Network",
    "Playground",
    "RaceTrack",
    "RunControl",
    "Setup",
    "SweepState",
    "Sweeps",
    "TrialView",
    "WeightSliders",
]
