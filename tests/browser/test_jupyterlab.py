"""The lab in a cell of JupyterLab, which brings a page, styles and a theme of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import nbformat
import pytest

from hpolab.course.lessons import copy_course, lessons
from hpolab_widgets.hosting import EXAMPLE

from .conftest import free_port, needed, wait_until_answered
from .lab_page import (
    PATIENCE,
    drawn,
    go_to,
    open_trial,
    order,
    turn_to,
    wait_for_another_order,
    wait_for_lab,
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lab_url(tmp_path_factory):
    """A JupyterLab of this Python with a notebook of one cell; its address.

    What the machine's user has set up for JupyterLab stays out, and it asks nobody for news.
    """
    needed("jupyterlab")
    place = tmp_path_factory.mktemp("jupyterlab")
    shutil.copytree(EXAMPLE, place / "sweep")
    copy_course(place / "course")
    cell = nbformat.v4.new_code_cell("from hpolab_widgets import Lab\n\nLab('sweep')")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(
        nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel}),
        place / "lab.ipynb",
    )
    port = free_port()
    own = {name: str(place / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": str(port),
        "ServerApp.port_retries": "0",
        "ServerApp.root_dir": str(place),
        "ServerApp.open_browser": "False",
        "ServerApp.allow_root": "True",
        "IdentityProvider.token": "",
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
    }
    log = place / "server.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in options.items())],
            cwd=place,
            env={**os.environ, **own},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}/"
    try:
        wait_until_answered(f"{url}api/status")
        yield f"{url}lab/tree/lab.ipynb?reset"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def test_the_lab_works_in_a_cell(lab_url, open_page):
    page = open_page(lab_url)
    run_all(page)
    wait_for_lab(page)
    assert (
        page.get_by_role("button", name="Switch to dark colours").count() == 0
    )  # Lab has its own
    before = order(page)
    page.get_by_role("slider", name="accuracy", exact=True).fill("5")
    wait_for_another_order(page, before)
    open_trial(page, order(page)[0])
    cell = page.locator(".jp-OutputArea-output").first
    assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth")


def test_figures_are_drawn_in_a_cell(lab_url, open_page):
    page = open_page(lab_url)
    run_all(page)
    wait_for_lab(page)
    open_trial(page, order(page)[0])
    turn_to(page, "Diagnostics")
    drawn(page, "curves")
    go_to(page, "Analysis")
    drawn(page, "history")
    cell = page.locator(".jp-OutputArea-output").first
    assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth")


def test_a_lesson_opens_beside_the_notebook(lab_url, open_page):
    page = open_page(lab_url)
    run_all(page)
    wait_for_lab(page)
    go_to(page, "Course")
    first = lessons()[0]
    page.get_by_role("link", name=first.title).click()
    page.get_by_role("tab", name=first.file).wait_for(timeout=PATIENCE)
    page.get_by_role("heading", name=first.title).wait_for(timeout=PATIENCE)


def run_all(page):
    page.locator(".jp-NotebookPanel .jp-CodeCell").wait_for(timeout=PATIENCE)
    page.get_by_text("| Idle").wait_for(timeout=PATIENCE)  # before, a run may be lost
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
