"""The panels, each usable alone in a cell."""

from __future__ import annotations

from hpolab_widgets.panels.analysis import Analysis
from hpolab_widgets.panels.comparison import Comparison
from hpolab_widgets.panels.contents import Contents
from hpolab_widgets.panels.diagnostics import Diagnostics
from hpolab_widgets.panels.entrance import Entrance
from hpolab_widgets.panels.fold import Fold
from hpolab_widgets.panels.gallery import Gallery
from hpolab_widgets.panels.navigation import Navigation
from hpolab_widgets.panels.network import Network
from hpolab_widgets.panels.playground import Playground
from hpolab_widgets.panels.race import RaceTrack
from hpolab_widgets.panels.run import RunControl
from hpolab_widgets.panels.setup import Setup
from hpolab_widgets.panels.sweeps import Sweeps
from hpolab_widgets.panels.trial import TrialView
from hpolab_widgets.panels.weights import WeightSliders

__all__ = [
    "Analysis",
    "Comparison",
    "Contents",
    "Diagnostics",
    "Entrance",
    "Fold",
    "Gallery",
    "Navigation",
    "Network",
    "Playground",
    "RaceTrack",
    "RunControl",
    "Setup",
    "Sweeps",
    "TrialView",
    "WeightSliders",
]
