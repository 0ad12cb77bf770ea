"""Sweeps that nobody watches: a notebook with parameters goes in, a report comes out.

``notebooks/sweep.ipynb`` is that notebook; papermill fills in its parameters and runs it. A matrix
is many of them, with a summary.
"""

from __future__ import annotations

from hpolab.batch.outcomes import Summary
from hpolab.batch.parameters import Parameters
from hpolab.batch.running import conclude, run
from hpolab.batch.showing import ShownCurves, ShownSummary

__all__ = ["Parameters", "ShownCurves", "ShownSummary", "Summary", "conclude", "run"]
