"""Stored results of a sweep's trials, for a person's eyes: what is missing is simply not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.errors import ConfigError, StoreError
from hpolab.trial import RunResult

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hpolab.health.report import HealthReport
    from hpolab.storage.folder import SweepFolder

__all__ = ["health_reports", "stored_result"]


def stored_result(folder: SweepFolder, number: int) -> RunResult | None:
    """A trial's result, None when its file is missing or damaged."""
    known = RunResult.model_fields
    try:
        data = folder.read_result(number)
        return RunResult.parse({name: data[name] for name in known if name in data})
    except (StoreError, ConfigError):
        return None


def health_reports(folder: SweepFolder, numbers: Iterable[int]) -> dict[int, HealthReport]:
    """The health reports of these trials, of those that have one."""
    found = {number: stored_result(folder, number) for number in numbers}
    return {number: result.health for number, result in found.items() if result is not None}
