"""Whether a coordinator and the workers of its cluster run on the same software."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

__all__ = ["differences", "versions"]

_THAT_MUST_AGREE = ("hpolab", "tensorflow", "keras", "numpy", "distributed")
_MISSING = "missing"


def versions() -> dict[str, str]:
    """By name, of Python (major and minor) and of the packages that must agree."""
    found = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for name in _THAT_MUST_AGREE:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = _MISSING
    return found


def differences(ours: Mapping[str, str], workers: Mapping[str, Mapping[str, str]]) -> str:
    """Who has what, in one sentence; empty when all agree.

    Args:
        ours: The versions here.
        workers: Those of each worker, by its name.
    """
    others: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for worker, theirs in workers.items():
        for name, wanted in ours.items():
            if theirs.get(name, _MISSING) != wanted:
                others[name][theirs.get(name, _MISSING)].append(worker)
    return "; ".join(
        f"{name} is {ours[name]} here, but "
        + ", ".join(f"{found} on {_listed(who)}" for found, who in by_version.items())
        for name, by_version in others.items()
    )


def _listed(workers: list[str]) -> str:
    shown = ", ".join(sorted(workers)[:3])
    return shown if len(workers) <= 3 else f"{shown} and {len(workers) - 3} more"
