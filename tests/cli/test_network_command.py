from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest
from keras import layers

from hpolab import Sweep
from hpolab.network import ArchitectureGraph

Run = Callable[..., Any]


def test_the_winners_network_is_drawn(hpolab: Run, finished: Path, tmp_path: Path) -> None:
    result = hpolab("network", "alpha", "-o", tmp_path / "best.svg")
    assert result.exit_code == 0
    assert "wrote" in result.stdout
    best = Sweep.follow(finished / "alpha").best
    assert best is not None
    assert f"<title>alpha, trial {best.number}</title>" in (tmp_path / "best.svg").read_text()


@pytest.mark.parametrize("suffix", [".pdf", ".json", ".cyjs"])
def test_other_files_hold_the_same_network(
    hpolab: Run, finished: Path, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"net{suffix}"
    assert hpolab("network", "alpha", "0", "-o", path).exit_code == 0
    if suffix == ".pdf":
        assert path.read_bytes().startswith(b"%PDF")
    elif suffix == ".json":
        assert ArchitectureGraph.load(path).name == "synthetic"
    else:
        elements = json.loads(path.read_text())["elements"]
        assert [edge["data"]["target"] for edge in elements["edges"]] == ["conv2", "answer"]


def test_a_saved_model_is_drawn_too(hpolab: Run, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="three")], name="own")
    model.save(tmp_path / "own.keras")
    result = hpolab("network", tmp_path / "own.keras", "-o", tmp_path / "own.svg")
    assert result.exit_code == 0
    assert ">three</text>" in (tmp_path / "own.svg").read_text()


@pytest.mark.parametrize(
    ("arguments", "says", "code"),
    [
        (("alpha", "-o", "net.png"), "cannot write a network as 'net.png'", 2),
        (("alpha", "99", "-o", "net.svg"), "has no trial 99", 2),
        (("nobody", "-o", "net.svg"), "there is no sweep 'nobody'", 2),
        (("alpha", "--by", "helth"), "did you mean 'health'", 2),
        (("missing.keras",), "there is no file missing.keras", 1),
        (("alpha", "-o", "no/such/folder/net.svg"), "cannot write", 1),
    ],
)
def test_what_cannot_work_is_told(
    hpolab: Run, finished: Path, arguments: tuple[str, ...], says: str, code: int
) -> None:
    result = hpolab("network", *arguments)
    assert result.exit_code == code
    assert says in result.stderr
