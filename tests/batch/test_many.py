"""A batch as it is left alone overnight: real processes, real papermill, kills and all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import nbformat
import pytest
import yaml

from hpolab.batch.many import check_cells, fitting
from hpolab.batch.matrix import Matrix
from hpolab.errors import ConfigError
from hpolab.practice import practice_config
from hpolab.settings import settings
from hpolab.sweep import Sweep
from hpolab.testing.synthetic import WORK

SYNTHETIC = {
    "model": WORK, "space": {"learning_rate": {"low": 1e-3, "high": 1e-1}}, "epochs": 3,
    "budget": 4, "sampler": "random", "pruner": "none",
    "executor": "hpolab.testing.synthetic:synthetic_inline",
}  # fmt: skip


@pytest.fixture
def night(tmp_path, monkeypatch):
    """A place of its own, and the commands that are run there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HPOLAB_SWEEPS_DIR", str(tmp_path / "sweeps"))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def write(folder, **content):
    path = folder / "night.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path


def start(folder, *options):
    """``hpolab batch night.yaml``, as a shell starts it."""
    command = [sys.executable, "-m", "hpolab.cli", "batch", "night.yaml", *options]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip


def run(folder, *options):
    """It to its end: the exit code, and all that it said."""
    process = start(folder, *options)
    said, _ = process.communicate(timeout=500)
    return process.returncode, said


def events(folder, sweep):
    path = folder / "sweeps" / sweep / "journal.jsonl"
    if not path.exists():
        return []
    whole = path.read_text().rpartition("\n")[0].splitlines()
    return [json.loads(line)["event"] for line in whole]


def ended(folder, sweep):
    return [each["trial"] for each in events(folder, sweep) if each["kind"] == "trial_ended"]


def kernels_of_which_the_first_dies(folder):
    """A place where Jupyter finds Python's kernel before its own."""
    (folder / "kernels" / "python3").mkdir(parents=True)
    code = (
        "import pathlib, sys; mark = pathlib.Path(sys.argv.pop(1))\n"
        "if not mark.exists(): mark.touch(); sys.exit(1)\n"
        "from ipykernel.kernelapp import launch_new_instance; launch_new_instance()"
    )
    argv = [sys.executable, "-c", code, str(folder / "died"), "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (folder / "kernels" / "python3" / "kernel.json").write_text(json.dumps(spec))
    return folder


def wait_for(fact, *, seconds=300):
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.notebook
@pytest.mark.timeout(900)  # several interpreters and kernels, on a busy machine
def test_a_cell_that_fails_stops_no_other_and_a_second_night_trains_nothing_again(night):
    practice = practice_config("cnn", budget=6).to_dict()
    practice.pop("name")
    digits = {
        "dataset": {"name": "digits", "max_samples": 200}, "epochs": 1, "budget": 1,
        "executor": {"name": "process", "workers": 1}, "space": {"filters": [4]},
    }  # fmt: skip
    sick = {**SYNTHETIC, "space": {"fail": [True]}, "max_failures": 2}
    write(
        night,
        base=practice,
        matrix={"sampler": ["random"]},
        include=[{"seed": 1, **digits}, {"seed": 2, **sick}],
        parallel=2,
    )

    code, said = run(night, "-o", "out")

    assert code == 1, said
    assert "[3/3]" in said
    assert "2 of 3 sweeps finished." in said
    (bad,) = [line for line in said.splitlines() if "NO WINNER" in line]
    assert "none of its trials was completed: its parameters ask it to fail" in bad
    written = json.loads((night / "out" / "summary.json").read_text())["cells"]
    assert [cell["state"] for cell in written] == ["finished", "finished", "no winner"]
    assert [cell["trials"] for cell in written[:2]] == [6, 1]
    assert all(cell["best"]["score_interval"] for cell in written[:2])
    for cell in written:
        assert (night / "out" / "cells" / f"{cell['name']}.html").is_file()
    summary = nbformat.read(night / "out" / "summary.ipynb", as_version=4)
    shown = [o.data["text/html"] for c in summary.cells for o in c.get("outputs", [])]
    assert len(shown) == 2
    assert "<table" in shown[0]
    assert "<polyline" in shown[1]
    known = {each.name: (each / "journal.jsonl").read_bytes()
             for each in (night / "sweeps").iterdir()}  # fmt: skip

    code, said = run(night, "-o", "out")

    assert code == 1, said
    assert said.count("finished before; best score") == 2
    for cell in written[:2]:
        journal = night / "sweeps" / cell["sweep"] / "journal.jsonl"
        assert journal.read_bytes() == known[cell["sweep"]]


@pytest.mark.notebook
@pytest.mark.timeout(900)  # several interpreters and kernels, on a busy machine
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_batch_that_is_killed_and_then_stopped_goes_on_each_time_and_trains_nothing_twice(night):
    write(
        night,
        base={**SYNTHETIC, "budget": 12},
        matrix={"seed": [0, 1], "space.sleep": [[0.3, 0.31]]},
        parallel=2,
    )
    sweeps = [f"night-seed{seed}-sleep-0.3-0.31" for seed in (0, 1)]
    followed = [night / "sweeps" / name for name in sweeps]

    batch = start(night)
    wait_for(lambda: all(len(ended(night, name)) >= 2 for name in sweeps))
    batch.kill()
    batch.communicate()
    wait_for(lambda: all(Sweep.follow(path).state == "interrupted" for path in followed))
    kept = {name: ended(night, name) for name in sweeps}

    batch = start(night)
    wait_for(lambda: all(len(ended(night, name)) > len(kept[name]) + 1 for name in sweeps))
    batch.send_signal(signal.SIGINT)
    said, _ = batch.communicate(timeout=300)
    assert batch.returncode == 130, said
    assert "the same command goes on where it was" in said
    assert [Sweep.follow(path).state for path in followed] == ["stopped", "stopped"]
    states = json.loads((night / "night-batch" / "summary.json").read_text())["cells"]
    assert [cell["state"] for cell in states] == ["stopped", "stopped"]
    stopped = {name: ended(night, name) for name in sweeps}

    code, said = run(night)

    assert code == 0, said
    for name in sweeps:
        assert stopped[name][: len(kept[name])] == kept[name]
        assert Counter(ended(night, name)) == Counter(range(12))
        told = events(night, name)
        for trial in kept[name]:
            begun = [each for each in told if each["kind"] == "run_started"]
            assert sum(each["trial"] == trial for each in begun) == 1


@pytest.mark.notebook
@pytest.mark.timeout(900)  # several interpreters and kernels, on a busy machine
def test_a_missing_report_is_written_again_without_training_though_a_kernel_dies(
    night, monkeypatch
):
    practice = practice_config("cnn", budget=3, sampler="random").to_dict()
    practice.pop("name")
    path = write(night, base=practice, matrix={"seed": [0]})
    (cell,) = Matrix.load(path).cells(night)
    sweep = Sweep(cell.config).run()
    journal = sweep.folder.journal.read_bytes()
    monkeypatch.setenv("JUPYTER_PATH", str(kernels_of_which_the_first_dies(night / "jupyter")))

    code, said = run(night)

    assert code == 0, said
    assert "finished before; its notebook is written again" in said
    assert "its kernel is gone: Kernel died" in said
    assert "it is tried once more" in said
    assert (night / "night-batch" / "cells" / "seed0.ipynb").is_file()
    assert sweep.folder.journal.read_bytes() == journal


def test_a_matrix_that_now_asks_for_something_else_under_the_same_names_is_refused(night):
    path = write(night, base=SYNTHETIC, matrix={"seed": [0, 1]})
    Sweep(Matrix.load(path).cells(night)[1].config).run()
    path = write(night, base={**SYNTHETIC, "epochs": 2}, matrix={"seed": [0, 1]})

    with pytest.raises(ConfigError, match=r"epochs: .*asked for something else.*\[seed1\]"):
        check_cells(Matrix.load(path).cells(night))


def test_data_that_cannot_be_read_are_told_with_all_their_cells(night):
    path = write(
        night, base={"dataset": {"name": "texts", "path": "no.csv"}}, matrix={"seed": [0, 1]}
    )

    with pytest.raises(ConfigError, match=r"no\.csv.*\[seed0, seed1\]"):
        check_cells(Matrix.load(path).cells(night))


@pytest.mark.parametrize(
    ("cores", "workers", "cells", "fits"), [(8, 2, 9, 4), (2, 4, 9, 1), (8, 1, 3, 3), (0, 1, 9, 6)]
)
def test_so_many_cells_run_at_once_as_there_are_cores_for(
    night, monkeypatch, cores, workers, cells, fits
):
    monkeypatch.setenv("HPOLAB_MAX_TRAINING", str(cores))
    monkeypatch.setenv("HPOLAB_WORKERS", "6")
    settings.cache_clear()
    base = {"executor": {"name": "process", "workers": workers}}
    path = write(night, base=base, matrix={"seed": list(range(cells))})

    assert fitting(Matrix.load(path).cells(night)) == fits


def test_two_batches_do_not_share_a_directory(night):
    from hpolab.batch.place import Place, alone
    from hpolab.errors import FolderLocked

    with alone(Place(night / "out")):
        second = alone(Place(night / "out"))
        with pytest.raises(FolderLocked, match="another batch runs in"):
            second.__enter__()
    with alone(Place(night / "out")):
        pass  # the first has gone
