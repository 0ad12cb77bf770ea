"""Stored results of a sweep's trials, for a person's eyes: what is missing is simply not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.errors import ConfigError, StoreError
from hpolab.trial import RunResult

if TYPE_CHECKING:
    from hpolab.health.report import HealthReport
    from hpolab.storage.folder import SweepFolder

__all__ = ["stored_health", "stored_result"]


def stored_result(folder: SweepFolder, number: int) -> RunResult | None:
    """A trial's result, None when its file is missing or damaged."""
    known = RunResult.model_fields
    try:
        data = folder.read_result(number)
        return RunResult.parse({name: data[name] for name in known if name in data})
    except (StoreError, ConfigError):
        return None


def stored_health(folder: SweepFolder, number: int) -> HealthReport | None:
    """A trial's health report, None when its result is missing or damaged."""
    result = stored_result(folder, number)
    return None if result is None else result.health
