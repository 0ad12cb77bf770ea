"""The app in a headless Chromium, and clocks on its page: for measurements."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 120_000
"""Milliseconds until a page counts as broken."""


@contextlib.contextmanager
def served(sweeps: Path) -> Iterator[str]:
    """The app on a directory of sweeps; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "hpolab.cli", "app", "--no-browser", "--host", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=sweeps,
        env={**os.environ, "HPOLAB_SWEEPS_DIR": str(sweeps)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # kernels that wait for a visitor complain when they are ended
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        _wait_until_well(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextlib.contextmanager
def browsing() -> Iterator[Any]:
    """A Chromium without a window."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def open_lab(browser: Any, url: str) -> tuple[Any, float]:
    """A page with its trials on it, and after how many seconds it had answered a slider."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(PATIENCE)
    began = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator(".hpo-gallery-card").first.wait_for()
    move_slider(page, "ArrowLeft")
    return page, time.perf_counter() - began


def move_slider(page: Any, key: str) -> float:
    """Milliseconds from a key on the slider of accuracy to a gallery under the new weights."""
    page.get_by_role("slider", name="accuracy", exact=True).focus()
    page.evaluate(_CLOCK, [".hpo-gallery .hpo-head", "keydown"])
    page.keyboard.press(key)
    return float(page.evaluate("window.hpoTold"))


def turn_page(page: Any) -> float:
    """Milliseconds from a click on the next page of the gallery to its cards."""
    page.evaluate(_CLOCK, [".hpo-gallery-cards h3", "click"])
    page.get_by_role("button", name="Next page").click()
    return float(page.evaluate("window.hpoTold"))


def note_epochs(page: Any) -> None:
    """From now on, keep when each epoch of the trial that trains was first painted."""
    page.evaluate(_EPOCHS)


def noted_epochs(page: Any) -> dict[int, float]:
    """Seconds since 1970 at which each epoch was painted."""
    return {int(epoch): at / 1000 for epoch, at in page.evaluate("window.hpoEpochs").items()}


def heap_megabytes(page: Any) -> float:
    """What the page's scripts hold after a collection of garbage."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = session.send("Performance.getMetrics")["metrics"]
    session.detach()
    return float(next(m["value"] for m in metrics if m["name"] == "JSHeapUsedSize")) / 1e6


def _wait_until_well(url: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}health", timeout=5).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"the app ended with {process.returncode}")


# painted means: the frame after the one in which the text has changed has begun
_CLOCK = """([selector, event]) => {
  const text = () => document.querySelector(selector).textContent;
  const before = text();
  window.hpoTold = new Promise((done) => document.addEventListener(event, () => {
    const began = performance.now();
    const look = () => text() === before ? requestAnimationFrame(look)
      : requestAnimationFrame(() => done(performance.now() - began));
    look();
  }, { once: true, capture: true }));
}"""
_EPOCHS = """() => {
  window.hpoEpochs = {};
  const look = () => {
    const said = document.querySelector(".hpo-run-epoch")?.textContent.match(/epoch (\\d+) of/);
    if (!said || said[1] in window.hpoEpochs) return;
    window.hpoEpochs[said[1]] = Infinity;
    requestAnimationFrame(() => (window.hpoEpochs[said[1]] = Date.now()));
  };
  new MutationObserver(look).observe(document.body,
    { subtree: true, childList: true, characterData: true });
  look();
}"""
