"""The app's server, as far as it can be seen without serving."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest
from jupyter_server.services.kernels.connection.base import serialize_binary_message
from tornado.websocket import WebSocketClosedError

from hpolab_widgets.app import App
from hpolab_widgets.app.handlers import Channels
from hpolab_widgets.app.server import notebook


@pytest.fixture
def short_path():
    """A folder that leaves room for the name of a socket, as a test's own may not."""
    with tempfile.TemporaryDirectory(prefix="hpo") as place:
        yield Path(place)


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


@pytest.mark.timeout(30)
def test_what_a_kernel_says_to_a_page_that_has_gone_does_not_hang_the_server():
    gone = Channels.__new__(Channels)
    gone.ws_connection = None
    said = serialize_binary_message({"header": {"date": None}, "buffers": [b"picture"]})
    with pytest.raises(WebSocketClosedError):
        gone.write_message(said, binary=True)


def _answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as said:
            return json.load(said)
    except OSError:
        return None


def _until(condition, *, seconds=60):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed like this there")
def test_the_server_and_its_kernels_end_with_the_process_that_started_them(tmp_path, short_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "hpolab.cli", "app", "--no-browser", "--host", "127.0.0.1"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=tmp_path,
            env={**os.environ, "TMPDIR": str(short_path)},
            stdout=log,
            stderr=log,
        )
    _until(lambda: (_answers(port) or {}).get("kernels"))
    assert list(short_path.glob("voila_*/*"))  # how its kernels are reached
    process.send_signal(signal.SIGKILL)
    process.wait()
    _until(lambda: _answers(port) is None)
    _until(lambda: not list(short_path.glob("voila_*")))  # tidied up by a clean end
