"""hpolab: hyperparameter search that judges networks by accuracy and by health.

>>> from hpolab import Sweep, SweepConfig
>>> sweep = Sweep(SweepConfig(dataset="digits", budget=12)).run()  # doctest: +SKIP
>>> print(sweep.best.params, sweep.path)  # doctest: +SKIP

Names are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hpolab.budget import Budget
    from hpolab.config import SweepConfig
    from hpolab.errors import HpolabError
    from hpolab.scoring import ScoringWeights
    from hpolab.space import SearchSpace
    from hpolab.sweep import Sweep
    from hpolab.trial import DatasetSpec

__version__ = "0.1.0"
__all__ = [
    "Budget",
    "DatasetSpec",
    "HpolabError",
    "ScoringWeights",
    "SearchSpace",
    "Sweep",
    "SweepConfig",
]

_HOMES = {
    "Budget": "hpolab.budget",
    "DatasetSpec": "hpolab.trial",
    "HpolabError": "hpolab.errors",
    "ScoringWeights": "hpolab.scoring",
    "SearchSpace": "hpolab.space",
    "Sweep": "hpolab.sweep",
    "SweepConfig": "hpolab.config",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'hpolab' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
