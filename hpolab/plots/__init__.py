"""Facts drawn as plotly figures, for trials, sweeps and networks. The only importer of plotly."""

from __future__ import annotations

from hpolab.plots.catalogue import available, draw
from hpolab.plots.plot import Entry, Plot

__all__ = ["Entry", "Plot", "available", "draw"]
