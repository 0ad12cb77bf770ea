"""A page as PDF, printed by Chromium or Chrome: the engine that the page was made for.

One converter is enough: another lays the page out in its own way, and would have to be looked at
after every change of the style sheet.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from hpolab.errors import ConfigError, StoreError
from hpolab.storage.files import storing

__all__ = ["write_pdf"]

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_LIMIT_SECONDS = 90


def write_pdf(path: Path, html: str) -> None:
    """Print a page that needs nothing from elsewhere.

    Raises:
        ConfigError: There is neither Chromium nor Chrome.
        StoreError: The file cannot be written, or the converter fails.
    """
    browser = _browser()
    if browser is None:
        raise ConfigError(
            "a PDF is printed by Chromium or Chrome, and there is neither; install one (Debian: "
            "apt install chromium), name its program in BROWSER_PATH, or write .html and print "
            "that."
        )
    with storing(path), tempfile.TemporaryDirectory(prefix="hpolab-") as place:
        made = Path(place) / "report.pdf"
        _print_in_browser(browser, html, made)
        shutil.copyfile(made, path)


def _browser() -> str | None:
    named = os.environ.get("BROWSER_PATH", "")
    if named:
        return shutil.which(named)
    return next((found for name in _BROWSERS if (found := shutil.which(name))), None)


def _print_in_browser(browser: str, html: str, made: Path) -> None:
    source = made.with_suffix(".html")
    source.write_text(html, encoding="utf-8")
    command = [
        browser, "--headless", "--disable-gpu", "--no-pdf-header-footer",
        f"--user-data-dir={made.parent / 'profile'}", f"--print-to-pdf={made}", source.as_uri(),
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.insert(1, "--no-sandbox")  # Chromium refuses to start for root with one
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_LIMIT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StoreError(f"{browser} did not print the PDF: {error}.") from error
    if done.returncode or not made.is_file():
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise StoreError(f"{browser} did not print the PDF: {last:.200}")
