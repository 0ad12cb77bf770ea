"""The page that plays a forward pass: whole in itself, whatever a person has typed."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from hpolab.models.lstm import lstm
from hpolab.network import LayerHealth, extract
from hpolab.network.passes import Shown
from hpolab.tracing import forward_html
from hpolab.training.forward import forward

NASTY = "</script><script>alert(1)</script>"


@pytest.fixture(scope="module")
def page() -> str:
    model = lstm((6,), 2, vocabulary=20, lstm_units=3)
    shown = Shown(words=("", "", "a", NASTY, "\ud800", "end"))
    passes = forward(model, np.arange(6, dtype=np.int32), shown=shown, classes=("bad", "good"))
    graph = extract(model).with_health({"lstm1": LayerHealth(silent=0.5)})
    return forward_html(graph, passes, title=NASTY, by="health")


def told(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="told">(.*?)</script>', page, re.S)
    assert found is not None
    data: dict[str, object] = json.loads(found[1])
    return data


def test_the_page_holds_the_network_and_the_pass(page: str) -> None:
    data = told(page)

    assert [layer["name"] for layer in data["pass"]["layers"]]  # type: ignore[index]
    boxes = {name for box in data["picture"]["boxes"] for name in box["layers"]}  # type: ignore[index]
    assert boxes == {layer["name"] for layer in data["pass"]["layers"]}  # type: ignore[index]
    assert data["tints"]["boxes"]["lstm1"]["value"] == 0.5  # type: ignore[index]


def test_what_a_person_typed_stays_a_text(page: str) -> None:
    assert NASTY not in page
    assert told(page)["title"] == NASTY
    assert page.count("</script>") == 2


def test_the_page_asks_nothing_of_anyone(page: str) -> None:
    assert "default-src 'none'" in page
    assert not re.search(r'(src|href)="?https?://', page)
    assert page.encode("utf-8")
