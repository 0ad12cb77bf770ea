"""The batch notebook from and to S3, by papermill's own handler and a server that checks keys."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from hpolab.testing.s3_server import rclone, s3_server

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "sweep.ipynb"

pytestmark = pytest.mark.skipif(
    rclone() is None and not os.environ.get("CI"), reason="there is no rclone"
)


@pytest.fixture
def server(tmp_path):
    """With a bucket that holds the notebook."""
    bucket = tmp_path / "s3" / "jobs"
    bucket.mkdir(parents=True)
    shutil.copy(NOTEBOOK, bucket / "sweep.ipynb")
    with s3_server(tmp_path / "s3") as serving:
        yield serving


def papermill(folder, server, *given, **environment):
    return subprocess.run(
        [sys.executable, "-m", "papermill", *given, "--no-progress-bar", "-k", "python3"],
        cwd=folder, capture_output=True, text=True, timeout=500, check=False,
        env={**os.environ, "HPOLAB_SWEEPS_DIR": str(folder / "sweeps"), **server.environment,
             **environment},
    )  # fmt: skip


def printed(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "".join(o["text"] for o in outputs if o.get("name") == "stdout")


@pytest.mark.notebook
@pytest.mark.timeout(900)  # two kernels, on a busy machine
def test_a_sweep_comes_from_s3_leaves_its_report_there_and_is_continued_from_it(tmp_path, server):
    given = [part for name, value in {
        "name": "far", "dataset": "digits", "max_samples": 200, "trials": 2, "epochs": 1,
        "executor": "inline", "sampler": "random", "pruner": "none",
    }.items() for part in ("-p", name, str(value))]  # fmt: skip
    output = server.folder / "jobs" / "out" / "far.ipynb"

    done = papermill(tmp_path, server, "s3://jobs/sweep.ipynb", "s3://jobs/out/far.ipynb", *given)

    assert done.returncode == 0, done.stderr[-2000:]
    first = nbformat.read(output, as_version=4)
    assert "[2/2] trial 1 completed" in printed(first)

    done = papermill(
        tmp_path, server, "s3://jobs/out/far.ipynb", "s3://jobs/out/far.ipynb", *given
    )

    assert done.returncode == 0, done.stderr[-2000:]
    second = nbformat.read(output, as_version=4)
    assert "far has finished before; nothing is trained again." in printed(second)
    assert "How to repeat it" in str(second.cells)


def test_a_wrong_secret_is_refused(tmp_path, server):
    done = papermill(
        tmp_path, server, "s3://jobs/sweep.ipynb", "s3://jobs/out.ipynb",
        AWS_SECRET_ACCESS_KEY="guessed",
    )  # fmt: skip

    assert done.returncode != 0
    assert "(403)" in done.stderr
    assert not (server.folder / "jobs" / "out.ipynb").exists()
