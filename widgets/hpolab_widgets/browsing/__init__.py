"""What the list of sweeps says, computed from overviews: no widget in here."""

from __future__ import annotations

from hpolab_widgets.browsing.comparison import comparison
from hpolab_widgets.browsing.packing import packed
from hpolab_widgets.browsing.rows import filtered, row

__all__ = ["comparison", "filtered", "packed", "row"]
