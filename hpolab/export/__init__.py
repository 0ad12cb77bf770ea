"""A sweep for other programs: tables, archives, figures, Optuna storages, TensorBoard logs."""

from __future__ import annotations

from hpolab.export.archive import export_zip
from hpolab.export.event_files import export_tensorboard
from hpolab.export.figures import FORMATS, export_figures
from hpolab.export.studies import export_optuna
from hpolab.export.tables import export_csv, export_parquet

__all__ = [
    "FORMATS",
    "export_csv",
    "export_figures",
    "export_optuna",
    "export_parquet",
    "export_tensorboard",
    "export_zip",
]
