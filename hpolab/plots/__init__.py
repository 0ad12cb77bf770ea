"""Facts drawn as plotly figures, for trials, sweeps and networks. The only importer of plotly."""

from __future__ import annotations

from hpolab.plots.plot import Plot

__all__ = ["Plot"]
