"""The app's server, as far as it can be seen without serving."""

import json
import subprocess
import sys

from hpolab_widgets.app import App
from hpolab_widgets.app.server import notebook


def test_the_notebook_that_is_served_is_one_short_cell():
    cells = json.loads(notebook().read_text())["cells"]
    assert len(cells) == 1
    assert "".join(cells[0]["source"]).splitlines()[-1] == "App()"


def test_the_app_shows_the_example():
    app = App()
    assert app.lab.state.sweep.sweep.path.name == "digits-example"
    app.lab.close()


def test_the_kernel_of_a_page_loads_no_framework():
    code = "from hpolab_widgets.app import App; App(); import sys; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"tensorflow", "optuna", "sklearn"} & set(said.stdout.split()) == set()
