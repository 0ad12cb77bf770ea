"""Whether this machine has the sandbox, found out by using it."""

from __future__ import annotations

from functools import lru_cache

from hpolab.errors import HpolabError, LimitBroken
from hpolab.sandbox.fitness import OwnFitness, SandboxedFitness, UnprotectedFitness
from hpolab.sandbox.function import OwnFunction
from hpolab.settings import app_settings, settings

__all__ = ["open_fitness", "sandbox_problem", "try_out"]

_HONEST = "def fitness(x): return 1.0"
_CURIOUS = "def fitness(x): return len(open('/etc/ld.so.cache', 'rb').read())"
"""Reads a file that is there, also behind the wall."""


@lru_cache(maxsize=1)
def sandbox_problem() -> str:
    """Why code cannot be run safely here, with the remedy; empty when it can. Takes a moment."""
    try:
        with SandboxedFitness(OwnFunction(source=_HONEST)) as fitness:
            fitness([[0.0, 0.0]])
        with SandboxedFitness(OwnFunction(source=_CURIOUS)) as fitness:
            fitness([[0.0, 0.0]])
    except LimitBroken as error:
        return "" if error.limit == "system call" else str(error)
    except HpolabError as error:
        return str(error)
    return "the sandbox lets programs read files, so it is not used."


def open_fitness(function: OwnFunction) -> OwnFitness:
    """The function, ready to be called: in the sandbox wherever there is one.

    Without one, only the owner of a machine can have it run, by ``HPOLAB_RUN_UNPROTECTED_CODE``,
    and never in an app that serves strangers.

    Raises:
        ConfigError: There is no sandbox on this machine; says why, and what helps.
        SourceError, FitnessError, LimitBroken: The function cannot be started.
    """
    is_allowed = settings().run_unprotected_code and not app_settings().public
    if is_allowed and sandbox_problem():
        return UnprotectedFitness(function)
    return SandboxedFitness(function)


def try_out(function: OwnFunction) -> float:
    """The value of a function in the middle of its bounds: whether it works at all.

    Raises:
        SourceError, FitnessError, LimitBroken, ConfigError: It does not, or cannot be run here.
    """
    middle = (function.lows + function.highs) / 2
    with open_fitness(function) as fitness:
        return float(fitness(middle[None, :])[0])
