"""Sweeps that nobody watches: a notebook with parameters goes in, a report comes out.

``notebooks/sweep.ipynb`` is that notebook; papermill fills in its parameters and runs it.
"""

from __future__ import annotations

from hpolab.batch.parameters import Parameters
from hpolab.batch.running import conclude, run

__all__ = ["Parameters", "conclude", "run"]
