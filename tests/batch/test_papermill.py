"""The batch notebook, run by papermill as its users run it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from hpolab.batch import Parameters
from hpolab.events import TrialEnded
from hpolab.settings import settings

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "sweep.ipynb"
TINY = {
    "name": "tiny", "trials": 2, "epochs": 1, "max_samples": 200, "executor": "inline",
    "sampler": "random", "pruner": "none",
}  # fmt: skip


def papermill(folder, **parameters):
    """Execute the notebook in a process of its own; what it said, and what it wrote."""
    given = [part for name, value in parameters.items() for part in ("-p", name, str(value))]
    output = folder / "out.ipynb"
    done = subprocess.run(
        [sys.executable, "-m", "papermill", str(NOTEBOOK), str(output), "--no-progress-bar",
         "-k", "python3", *given],
        cwd=folder, capture_output=True, text=True, timeout=240, check=False,
        env={**os.environ, "HPOLAB_SWEEPS_DIR": str(folder / "sweeps")},
    )  # fmt: skip
    return done, nbformat.read(output, as_version=4)


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def printed(notebook):
    return "".join(o["text"] for o in outputs(notebook) if o.get("name") == "stdout")


def test_papermill_understands_every_parameter_and_what_it_is_for():
    from papermill import inspect_notebook

    known = inspect_notebook(str(NOTEBOOK))

    assert set(known) == set(Parameters.model_fields)
    assert {each["inferred_type_name"] for each in known.values()} <= {
        "str",
        "int",
        "float",
        "dict",
    }


@pytest.mark.notebook
def test_a_sweep_goes_in_as_parameters_and_comes_out_as_a_report_and_is_not_run_twice(tmp_path):
    done, first = papermill(tmp_path, **TINY)

    assert done.returncode == 0, done.stderr[-2000:]
    assert "[2/2] trial 1 completed" in printed(first)
    (report,) = [o.data["text/html"] for o in outputs(first) if "text/html" in o.get("data", {})]
    assert "How to repeat it" in report
    assert "validation examples" in report

    done, second = papermill(tmp_path, **TINY)

    assert done.returncode == 0, done.stderr[-2000:]
    assert "nothing is trained again" in printed(second)
    assert report in [o.get("data", {}).get("text/html") for o in outputs(second)]


@pytest.mark.notebook
def test_a_sweep_that_was_stopped_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setenv("HPOLAB_SWEEPS_DIR", str(tmp_path / "sweeps"))
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    asked = TINY | {"trials": 4}
    sweep = Parameters(**asked).sweep()
    sweep.run(on_entry=lambda entry: sweep.stop() if isinstance(entry.event, TrialEnded) else None)
    settings.cache_clear()
    assert sweep.state == "stopped"

    done, notebook = papermill(tmp_path, **asked)

    assert done.returncode == 0, done.stderr[-2000:]
    assert "tiny goes on; trials so far: " in printed(notebook)
    assert "trial 0 completed" not in printed(notebook)


@pytest.mark.notebook
def test_a_bad_parameter_ends_the_notebook_before_anything_is_trained(tmp_path):
    done, notebook = papermill(tmp_path, **TINY, trails=3)

    assert done.returncode != 0
    assert "ConfigError: trails: no such parameter; did you mean 'trials'?" in done.stderr
    assert not (tmp_path / "sweeps").exists()
    assert printed(notebook) == ""
