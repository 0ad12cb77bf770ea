"""The page that plays a forward pass, opened from disk; it asks no host, or the fixture fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpolab.network import extract
from hpolab.tracing import forward_html

pytestmark = pytest.mark.browser


def test_an_example_plays_to_its_answer(open_page: Callable[..., Any], tmp_path: Path) -> None:
    from hpolab.models.cnn import cnn
    from hpolab.training.forward import forward

    model = cnn((8, 8, 1), 3, n_blocks=1, filters=6)
    picture = np.eye(8, dtype=np.uint8)[..., None] * 255
    passes = forward(model, picture, classes=("left", "right", "up"))
    path = tmp_path / "film.html"
    path.write_text(forward_html(extract(model), passes), encoding="utf-8")

    page = open_page(path.as_uri(), width=390)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("slider").press("End")

    page.locator(".hpo-player-answers li").nth(2).wait_for()
    answers = page.locator(".hpo-player-answers").inner_text()
    assert all(name in answers for name in ("left", "right", "up"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
