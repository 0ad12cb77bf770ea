"""What the race panel asks for and shows, without a widget."""

from __future__ import annotations

from hpolab_widgets.racing.admission import admitted, refuse_full
from hpolab_widgets.racing.asked import OWN, TEMPLATE, Asked, choices
from hpolab_widgets.racing.scenes import scenes
from hpolab_widgets.racing.shown import TONES, shown

__all__ = [
    "OWN",
    "TEMPLATE",
    "TONES",
    "Asked",
    "admitted",
    "choices",
    "refuse_full",
    "scenes",
    "shown",
]
