"""A network small enough to be read and to be steered while it trains: numpy, and nothing else.

``Training`` trains it step by step; its ``Plan`` may be changed between any two steps. How it is
doing is told in the same numbers, by the same formulas, as of every other network of hpolab.
"""

from __future__ import annotations

from hpolab.playground.examples import DATA, REACH, Examples, examples
from hpolab.playground.look import Look
from hpolab.playground.plan import ACTIVATIONS, OPTIMIZERS, Plan
from hpolab.playground.training import Training
from hpolab.playground.words import is_ill, sentence

__all__ = [
    "ACTIVATIONS",
    "DATA",
    "OPTIMIZERS",
    "REACH",
    "Examples",
    "Look",
    "Plan",
    "Training",
    "examples",
    "is_ill",
    "sentence",
]
