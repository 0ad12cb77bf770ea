"""Every notebook runs from top to bottom, offline, and says nothing on stderr."""

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from hpolab_widgets.course import check
from hpolab_widgets.course.checks import CHECKS

ROOT = Path(__file__).parents[2] / "notebooks"
LESSONS = sorted((ROOT / "course").glob("*.ipynb"))
NOTEBOOKS = [*sorted(ROOT.glob("*.ipynb")), *LESSONS]
WIDGETS = "application/vnd.jupyter.widget-state+json"


def executed(path, tmp_path, monkeypatch):
    """The notebook after a fresh kernel has run it."""
    shutil.copy(path, tmp_path)
    monkeypatch.setenv("HPOLAB_SWEEPS_DIR", str(tmp_path / "sweeps"))
    monkeypatch.setenv("HPOLAB_CACHE_DIR", str(tmp_path / "cache"))
    notebook = nbformat.read(tmp_path / path.name, as_version=4)
    client = NotebookClient(
        notebook, timeout=180, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute(env=dict(os.environ))
    return notebook


def code_of(path):
    """The sources of the notebook's code cells."""
    notebook = nbformat.read(path, as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def wrong_on_stderr(notebook):
    """What the notebook wrote there."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert outputs
    return [output["text"] for output in outputs if output.get("name") == "stderr"]


@pytest.mark.notebook
@pytest.mark.parametrize("path", sorted(ROOT.glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_notebook_runs_without_a_word_on_stderr(path, tmp_path, monkeypatch):
    assert wrong_on_stderr(executed(path, tmp_path, monkeypatch)) == []


@pytest.mark.notebook
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_lesson_runs_and_leaves_panels_that_show_how_it_ended(path, tmp_path, monkeypatch):
    notebook = executed(path, tmp_path, monkeypatch)
    assert wrong_on_stderr(notebook) == []
    states = [each["state"] for each in notebook.metadata.widgets[WIDGETS]["state"].values()]
    views = [state["view"] for state in states if "view" in state]
    assert {view.get("kind") for view in views} >= {"predict", "check", "dare"}
    # nbclient keeps what a cell itself sets, not what panels draw aside while they follow a sweep
    guesses = [view["verdict"]["words"] for view in views if view.get("kind") == "predict"]
    assert set(guesses) == {"The answer is here. Say yours first."}
    assert [state["problem"] for state in states if state.get("problem")] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_is_kept_without_outputs_and_in_short_cells(path):
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count is None and not cell.outputs for cell in code)
    lists = [cell for cell in code if "parameters" in cell.metadata.get("tags", [])]
    assert all(len(cell.source.splitlines()) <= 10 for cell in code if cell not in lists)


def test_every_check_is_asked_in_one_lesson_and_no_cell_gives_its_answer_away():
    asked = [source for path in LESSONS for source in code_of(path) if "check(" in source]
    assert sorted(asked) == sorted(f'check("{name}")' for name in CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_of_the_lessons_tells_right_from_wrong_and_says_why(name):
    question = check(name)
    scale = question.scale
    answers = (scale.low, question.right, scale.high) if scale else question.choices
    for answer in answers:
        question.wish("answer", answer=answer)
        verdict = question.view["verdict"]
        assert verdict["tone"] == ("good" if answer == question.right else "bad")
        assert verdict["why"]
    question.close()
