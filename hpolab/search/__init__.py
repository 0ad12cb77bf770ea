"""Proposing configurations, judging trials, learning from results: the only user of Optuna.

Importing this package does not load Optuna; ``Search``, ``Explainer``, ``evolution_sampler`` and
``export_optuna`` do when used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab.search.check import check
from hpolab.search.configurations import configuration_key
from hpolab.search.describe import Described, describe_pruners, describe_samplers
from hpolab.search.explain import Density, Explanation
from hpolab.search.exploration import can_explore
from hpolab.search.export import export_optuna
from hpolab.search.exported import ExportedTrial
from hpolab.search.options import PrunerSpec, SamplerSpec

if TYPE_CHECKING:
    from hpolab.search._explain import Explainer
    from hpolab.search._samplers import evolution_sampler
    from hpolab.search._study import Search

__all__ = [
    "Density",
    "Described",
    "Explainer",
    "Explanation",
    "ExportedTrial",
    "PrunerSpec",
    "SamplerSpec",
    "Search",
    "can_explore",
    "check",
    "configuration_key",
    "describe_pruners",
    "describe_samplers",
    "evolution_sampler",
    "export_optuna",
]


def __getattr__(name: str) -> Any:
    if name == "Search":
        from hpolab.search._study import Search

        return Search
    if name == "Explainer":
        from hpolab.search._explain import Explainer

        return Explainer
    if name == "evolution_sampler":
        from hpolab.search._samplers import evolution_sampler

        return evolution_sampler
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
