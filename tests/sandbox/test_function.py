"""Reading a function of one's own: a YAML file, and a Python file beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hpolab.errors import ConfigError
from hpolab.sandbox import EXAMPLE, Limits, OwnFunction

SOURCE = "def fitness(x):\n    return x.sum()\n"


def test_the_example_says_everything_that_can_be_said() -> None:
    function = OwnFunction.read(EXAMPLE)
    assert function.name == "damped springs"
    assert function.lows.tolist() == [1, 1, 1, 0, 0, 0]
    assert function.highs.tolist() == [20, 20, 20, 5, 5, 5]
    assert function.limits == Limits()
    assert "def fitness(x):" in function.source


def test_little_has_to_be_said(tmp_path: Path) -> None:
    (tmp_path / "fitness.py").write_text(SOURCE)
    (tmp_path / "bowl.yaml").write_text("dimensions: 3\nhigh: 2\nlimits: {memory_mb: 256}\n")
    function = OwnFunction.read(tmp_path / "bowl.yaml")
    assert (function.name, function.source) == ("bowl", SOURCE)
    assert function.lows.tolist() == [-5, -5, -5]
    assert function.highs.tolist() == [2, 2, 2]
    assert function.limits == Limits(memory_mb=256)
    assert OwnFunction.parse(function.to_json()) == function


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dimension: 3", "dimension: no such setting; did you mean 'dimensions'?"),
        ("dimensions: 0", "dimensions: "),
        ("low: [1, 2, 3]", "low: one number for all dimensions or one for each of the 2; got 3."),
        ("{low: 1, high: [2, 1]}", "low: low < high must hold, but dimension 2 goes from 1 to 1."),
        ("high: .inf", "high: "),
        ("direction: up", "direction: "),
        ("limits: {memory_mb: 1}", "limits.memory_mb: "),
        ("file: other.py", "cannot read "),
        ("source: ''\nfile: fitness.py", "file: no such setting"),
        ("[1, 2]", "must hold names and values, such as dimensions: 5."),
        ("{", "is not YAML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "fitness.py").write_text(SOURCE)
    (tmp_path / "own.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        OwnFunction.read(tmp_path / "own.yaml")
    assert words in str(caught.value)


def test_a_source_has_an_end(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("file: /dev/zero")
    with pytest.raises(ConfigError, match="at most 64 kB of source"):
        OwnFunction.read(tmp_path / "own.yaml")


def test_bounds_are_as_many_as_dimensions() -> None:
    function = OwnFunction(source=SOURCE, dimensions=3, low=0, high=(1, 2, 3))
    np.testing.assert_array_equal(function.lows, [0, 0, 0])
    np.testing.assert_array_equal(function.highs, [1, 2, 3])
