"""What the playground panel sends and who lets it train, without a widget."""

from __future__ import annotations

from hpolab_widgets.playing.frames import Frame, Past, frame, scene
from hpolab_widgets.playing.turn import Turn, take_turn

__all__ = ["Frame", "Past", "Turn", "frame", "scene", "take_turn"]
