"""Running a function that somebody typed, so that it can compute and do nothing else.

The wall is the kernel's. A process loads numpy behind bubblewrap (no network, no files but the
system's, which it may only read, no home, no other processes, nobody's rights), gives up every
system call but those of computing (seccomp), and only then runs the code, within limits of memory
and processor time. Numbers go in and come out through two pipes; what comes out is measured before
it is read, and never evaluated.
"""

from __future__ import annotations

from hpolab.sandbox.checking import Problem, check_source, find_problems
from hpolab.sandbox.fitness import OwnFitness, SandboxedFitness, UnprotectedFitness
from hpolab.sandbox.function import EXAMPLE, OwnFunction
from hpolab.sandbox.here import open_fitness, sandbox_problem, try_out
from hpolab.sandbox.limits import Limits

__all__ = [
    "EXAMPLE",
    "Limits",
    "OwnFitness",
    "OwnFunction",
    "Problem",
    "SandboxedFitness",
    "UnprotectedFitness",
    "check_source",
    "find_problems",
    "open_fitness",
    "sandbox_problem",
    "try_out",
]
