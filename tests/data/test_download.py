from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from hpolab.data import Progress, fetch, load
from hpolab.data.known import KNOWN, Remote
from hpolab.errors import DataError
from hpolab.trial import DatasetSpec

released = threading.Event()


class Handler(BaseHTTPRequestHandler):
    body = b""

    def do_GET(self) -> None:
        size = len(self.body)
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        if self.path != "/endless":
            self.send_header("Content-Length", str(size))
        self.end_headers()
        if self.path == "/whole":
            self.wfile.write(self.body)
        else:
            self.wfile.write(self.body[: size // 2])
        if self.path == "/stalled":
            self.wfile.flush()
            released.wait(20)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Serves a small MNIST well or badly, depending on the path."""
    x = np.zeros((60, 28, 28), np.uint8)
    y = np.arange(60) % 10
    np.savez(tmp_path / "served.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    Handler.body = (tmp_path / "served.npz").read_bytes()
    released.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    released.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch):
    """Make mnist.npz come from an address."""

    def publish(url: str, *, digest: str = "") -> None:
        from dataclasses import replace

        remote = Remote(url, "mnist.npz", len(Handler.body), digest)
        monkeypatch.setitem(KNOWN, "mnist", replace(KNOWN["mnist"], remotes=(remote,)))

    return publish


def test_a_download_shows_its_progress_and_can_be_loaded(
    server: str, publish, directory: Path
) -> None:
    publish(f"{server}/whole", digest="sha256:" + hashlib.sha256(Handler.body).hexdigest())
    seen: list[Progress] = []

    folder = fetch("mnist", directory / "new", on_progress=seen.append)

    assert (folder / "mnist.npz").read_bytes() == Handler.body
    assert [p.name for p in folder.iterdir()] == ["mnist.npz"]
    assert seen[-1] == Progress("mnist.npz", len(Handler.body), len(Handler.body))
    assert [p.n_bytes for p in seen] == sorted(p.n_bytes for p in seen)
    assert len(load(DatasetSpec(name="mnist", directory=folder)).test) == 60


def test_what_is_on_no_disk_is_downloaded_into_keras_cache(
    server: str, publish, directory: Path, tmp_path: Path
) -> None:
    publish(f"{server}/whole")

    data = load(DatasetSpec(name="mnist", directory=directory))

    assert len(data.test) == 60
    assert (tmp_path / "keras" / "datasets" / "mnist.npz").is_file()
    assert not list(directory.iterdir())


def test_a_file_that_is_there_is_not_downloaded_again(publish, directory: Path) -> None:
    publish("http://127.0.0.1:1/unused")
    (directory / "mnist.npz").write_bytes(b"mine")

    fetch("mnist", directory)

    assert (directory / "mnist.npz").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("stalled", "silent for 0.3 seconds"),
        ("truncated", r"ended after \d+ of \d+ bytes"),
        ("endless", r"ended after \d+ of \d+ bytes"),
        ("missing", "the server answers 404"),
    ],
)
def test_a_failed_download_says_why_and_leaves_no_half_file(
    server: str, publish, directory: Path, path: str, reason: str
) -> None:
    publish(f"{server}/{path}")

    with pytest.raises(DataError, match=reason) as caught:
        fetch("mnist", directory, timeout=0.3)

    assert str(directory / "mnist.npz") in str(caught.value)
    assert "HPOLAB_DATA_DIR" in str(caught.value)
    assert not list(directory.iterdir())


def test_a_body_with_another_checksum_is_not_kept(server: str, publish, directory: Path) -> None:
    publish(f"{server}/whole", digest="md5:" + "0" * 32)

    with pytest.raises(DataError, match="checksum differs"):
        fetch("mnist", directory)
    assert not list(directory.iterdir())


def test_no_server_at_all_says_where_the_file_was_looked_for(publish, directory: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        publish(f"http://127.0.0.1:{free.getsockname()[1]}/x")

        with pytest.raises(DataError, match=f"mnist is in none of {directory.resolve()}"):
            load(DatasetSpec(name="mnist", directory=directory))


def test_stopping_by_hand_leaves_no_half_file(server: str, publish, directory: Path) -> None:
    publish(f"{server}/whole")

    def stop(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch("mnist", directory, on_progress=stop)
    assert not list(directory.iterdir())


def test_what_needs_no_download_says_so() -> None:
    with pytest.raises(DataError, match="comes with scikit-learn"):
        fetch("digits")
    with pytest.raises(DataError, match="the user's own data"):
        fetch("images")
    with pytest.raises(DataError, match="did you mean 'mnist'"):
        fetch("mnits")


def test_every_download_is_found_by_its_name_afterwards(directory: Path) -> None:
    from hpolab.data.locate import find

    for name, known in KNOWN.items():
        for remote in known.remotes:
            path = directory / name / remote.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        if known.remotes:
            found = find(name, directory / name)
            assert found is not None
            n_files = len(found.paths) + (found.beside is not None)
            assert n_files == len(known.remotes)
