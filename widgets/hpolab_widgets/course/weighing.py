"""The sweep that the lesson on weights weighs."""

from __future__ import annotations

from hpolab.sweep import Sweep
from hpolab_widgets.hosting import EXAMPLE, Host
from hpolab_widgets.state import LabState

__all__ = ["example_lab"]


def example_lab() -> LabState:
    """What panels share that look at the sweep which ships with the lab; it stays as it is.

    What is searched on from there lies where the user's own sweeps do.
    """
    return LabState(Sweep.follow(EXAMPLE), host=Host())
