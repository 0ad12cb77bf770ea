"""The app in a real Chromium: served on a free port, watched for whatever it should not do."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

START_SECONDS = 90
IN_CI = bool(os.environ.get("CI"))


def tool(*names: str) -> str:
    """Path of the first of these programs; a test is skipped without one, except in CI."""
    places = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin"
    for name in names:
        if found := shutil.which(name, path=places):
            return found
    if IN_CI:
        pytest.fail(f"{names[0]} is missing, and CI has to have it")
    pytest.skip(f"{names[0]} is not installed")


def needed(module: str) -> ModuleType:
    """A module that the test drives things with; a test is skipped without it, except in CI."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        if IN_CI:
            raise
        pytest.skip(f"{module} is not installed")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(url: str) -> str:
    """What a server answers."""
    with urllib.request.urlopen(url, timeout=5) as answer:
        return str(answer.read().decode())


def wait_until_answered(url: str) -> None:
    """Return when the server at an address answers."""
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            get(url)
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


StartApp = Callable[..., str]


@pytest.fixture(scope="module")
def start_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartApp]:
    """Starts ``hpolab app`` with some arguments and variables; gives its address.

    For a module, not for all: other tests assert that this process has no children left.
    """
    started: list[tuple[subprocess.Popen[bytes], Path]] = []

    def start(*arguments: str, base_url: str = "/", **variables: str) -> str:
        place = tmp_path_factory.mktemp("app")
        port = free_port()
        command = [sys.executable, "-m", "hpolab.cli", "app", "--no-browser", "--port", str(port)]
        log = place / "app.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [*command, "--host", "127.0.0.1", "--base-url", base_url, *arguments],
                cwd=place,
                env={**os.environ, "HPOLAB_SWEEPS_DIR": str(place / "sweeps"), **variables},
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        started.append((process, log))
        url = f"http://127.0.0.1:{port}{base_url}"
        wait_until_answered(f"{url}health")
        return url

    yield start
    for process, log in started:
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(timeout=30) == 0, log.read_text(encoding="utf-8")
        except subprocess.TimeoutExpired:
            process.kill()
            raise


@pytest.fixture(scope="module")
def app_url(start_app: StartApp) -> str:
    """The app as on one's own machine, with an empty sweeps directory."""
    return start_app()


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """A Chromium without a window.

    For a module, not for all: while it runs, no other test can have an asyncio loop of its own.
    """
    path = tool("chromium", "chromium-browser", "google-chrome")
    playwright = needed("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        # plotly draws parallel coordinates with WebGL, which has to do without a graphics card
        arguments = ["--no-sandbox", "--enable-unsafe-swiftshader"]
        browser = driver.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: object) -> Iterator[Callable[..., object]]:
    """Opens an address in a fresh profile, of a given size.

    The test fails when a page logs an error, raises one, or asks anything of another host.
    """
    complaints: list[str] = []
    contexts: list[object] = []

    def open_it(url: str, *, width: int = 1440, height: int = 900, **options: object) -> object:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        origin = url.split("/", 3)
        own = ("/".join(origin[:3]) + "/", "ws" + "/".join(origin[:3])[4:], "data:", "blob:")

        def say(text: str) -> None:
            complaints.append(text)

        page.on("console", lambda said: said.type == "error" and say(said.text))
        page.on("pageerror", lambda error: say(str(error)))
        page.on(
            "request",
            lambda asked: asked.url.startswith(own) or say(f"asks another host: {asked.url}"),
        )
        page.goto(url, wait_until="commit")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []
