"""What the notebook behind the app shows."""

from __future__ import annotations

import ipywidgets

from hpolab.settings import app_settings
from hpolab.sweep import Sweep
from hpolab_widgets.hosting import EXAMPLE, Host
from hpolab_widgets.lab import Lab
from hpolab_widgets.panels import Entrance
from hpolab_widgets.public import PublicHost
from hpolab_widgets.state import LabState

__all__ = ["App"]


class App(ipywidgets.Box):
    """The lab with the example in it, until a visitor who has sweeps comes.

    Attributes:
        lab: The lab.
    """

    def __init__(self) -> None:
        host = PublicHost() if app_settings().public else Host()
        self.lab = Lab(LabState(Sweep.follow(EXAMPLE), host=host))
        super().__init__([Entrance(self.lab.state), self.lab])
        self.add_class("hpo-app")
