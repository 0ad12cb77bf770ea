"""The page that plays a forward pass, opened from disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from hpolab.models.cnn import cnn
from hpolab.network import extract
from hpolab.tracing import forward_html
from hpolab.training.forward import forward

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_an_example_plays_to_its_answer(browser: Browser, tmp_path: Path) -> None:
    model = cnn((8, 8, 1), 3, n_blocks=1, filters=6)
    passes = forward(model, np.eye(8, dtype=np.uint8)[..., None] * 255, classes=("a", "b", "c"))
    path = tmp_path / "film.html"
    path.write_text(forward_html(extract(model), passes), encoding="utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 800})
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(path.as_uri())
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("slider").press("End")

    page.get_by_text("probabilities", exact=False).first.wait_for()
    assert page.locator(".hpo-player-answers li").count() == 3
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert problems == []
    page.close()
