"""The lab's panels for Jupyter. Today: the state that every panel will observe."""

from __future__ import annotations

from hpolab_widgets.state import SweepState

__all__ = ["SweepState"]
