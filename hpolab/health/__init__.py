"""The six health metrics: pure formulas over recorded numbers, one file per family."""

from __future__ import annotations

from hpolab.health.report import HealthReport, Metric

__all__ = ["HealthReport", "Metric"]
