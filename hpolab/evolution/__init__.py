"""Metaheuristics to search with and to learn from: numpy, vectorised over the population.

Each algorithm is asked for a generation and told how good it was; ``minimize`` does so until the
budget is spent. ``functions`` are the landscapes on which algorithms are compared.
"""

from __future__ import annotations

from hpolab.evolution.acor import Acor
from hpolab.evolution.algorithm import Algorithm, Array
from hpolab.evolution.annealing import Annealing
from hpolab.evolution.catalogue import ALGORITHMS, Entry, ParameterRange, find_algorithm
from hpolab.evolution.differential import DifferentialEvolution
from hpolab.evolution.encoding import Encoding
from hpolab.evolution.functions import FUNCTIONS, Function, bbob, find_function
from hpolab.evolution.genetic import Genetic
from hpolab.evolution.minimize import Result, maximize, minimize
from hpolab.evolution.pso import Pso, RingPso
from hpolab.evolution.shade import Shade

__all__ = [
    "ALGORITHMS",
    "FUNCTIONS",
    "Acor",
    "Algorithm",
    "Annealing",
    "Array",
    "DifferentialEvolution",
    "Encoding",
    "Entry",
    "Function",
    "Genetic",
    "ParameterRange",
    "Pso",
    "Result",
    "RingPso",
    "Shade",
    "bbob",
    "find_algorithm",
    "find_function",
    "maximize",
    "minimize",
]
