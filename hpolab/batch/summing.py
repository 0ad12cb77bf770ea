"""The end of a batch: numbers as files, and a notebook that shows them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from hpolab.batch.launching import execute, last_words
from hpolab.batch.outcomes import Summary
from hpolab.batch.place import template
from hpolab.storage.files import write_text
from hpolab.storage.plain_yaml import to_yaml

if TYPE_CHECKING:
    from hpolab.batch.outcomes import Outcome
    from hpolab.batch.place import Place

__all__ = ["sum_up"]

_LIMIT_SECONDS = 300


def sum_up(
    place: Place, outcomes: tuple[Outcome, ...], *, name: str, parallel: int
) -> tuple[Summary, str]:
    """Write ``summary.json``, ``summary.csv`` and, executed by papermill, ``summary.ipynb``.

    Args:
        place: Of the batch.
        outcomes: Of all cells.
        name: Of the matrix.
        parallel: How many cells ran at once.

    Returns:
        The summary, and why the notebook could not be executed, or "". The files are there then.

    Raises:
        StoreError: The files cannot be written.
    """
    summary = Summary(name=name, parallel=parallel, cells=outcomes)
    summary.write(place.path)
    parameters, log = place.cells / "summary.yaml", place.cells / "summary.log"
    write_text(parameters, to_yaml({"directory": str(place.path.resolve())}))
    log.unlink(missing_ok=True)
    process = execute(template("summary.ipynb"), place.path / "summary.ipynb", parameters, log=log)
    try:
        code = process.wait(_LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return summary, f"it took more than {_LIMIT_SECONDS} seconds"
    finally:
        assert process.stdin is not None
        process.stdin.close()
    return summary, last_words(log) if code else ""
