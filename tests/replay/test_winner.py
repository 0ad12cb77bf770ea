"""The network of the winner, as a page without Python can draw it."""

from __future__ import annotations

import json
import shutil

import pytest

from hpolab.replay.winner import network_of
from hpolab.storage.folder import SweepFolder
from hpolab_widgets.hosting import EXAMPLE


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "example")
    return SweepFolder.open(tmp_path / "example")


def test_the_network_comes_laid_out_with_all_of_its_layers(folder):
    number = folder.best_trial()
    known = json.loads((folder.trial(number) / "architecture.json").read_text(encoding="utf-8"))

    drawn = network_of(folder, number)

    boxes = drawn["picture"]["boxes"]
    shown = [layer for box in boxes for layer in box["layers"]]
    assert sorted(shown) == sorted(layer["name"] for layer in known["layers"])
    assert all(set(tint["boxes"]) == {box["name"] for box in boxes} for tint in drawn["tints"])


def test_layers_that_were_watched_are_coloured_by_their_health(folder):
    drawn = network_of(folder, folder.best_trial())

    (health,) = (tint for tint in drawn["tints"] if tint["by"] == "health")
    assert any(box["value"] is not None for box in health["boxes"].values())


def test_without_an_architecture_there_is_no_network(folder):
    number = folder.best_trial()
    (folder.trial(number) / "architecture.json").write_text("not json", encoding="utf-8")

    assert network_of(folder, number) is None
