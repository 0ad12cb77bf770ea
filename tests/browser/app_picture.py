"""Make the picture of the app in the README: python tests/browser/app_picture.py URL.

The app must run at the URL, without sweeps, so that it shows the example.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).parents[2] / "notebooks" / "images" / "app.webp"


def main(url: str) -> None:
    """Take the first screen, light, 1440 wide."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light")
        page.goto(url, wait_until="commit")
        page.locator(".hpo-gallery-card").first.wait_for(timeout=60_000)
        page.locator(".hpo-weights-winner").wait_for()
        page.wait_for_timeout(1000)  # the cards glide to their places
        taken = Image.open(io.BytesIO(page.screenshot()))
        taken.convert("RGB").save(PICTURE, quality=90, method=6)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
