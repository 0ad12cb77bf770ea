"""Landscapes with known lowest points, on which algorithms are compared."""

from __future__ import annotations

from hpolab.evolution.functions.bbob import bbob
from hpolab.evolution.functions.catalogue import FUNCTIONS, Landscape, find_function
from hpolab.evolution.functions.function import Function

__all__ = ["FUNCTIONS", "Function", "Landscape", "bbob", "find_function"]
