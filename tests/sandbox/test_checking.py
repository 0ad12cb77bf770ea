"""The early words about a source: right lines, plain rules, and no source that ends the reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.errors import SourceError
from hpolab.sandbox import EXAMPLE, OwnFunction, check_source, find_problems


@pytest.mark.parametrize(
    "source",
    [
        "def fitness(x): return 1.0",
        "import math\nimport numpy as np\nfrom numpy.linalg import norm\ndef fitness(x): return 0",
        "def fitness(x, scale=2.0): return scale",
        "def fitness(*x): return 1",
        "def fitness(x, /, *, scale=2): return scale",
        "fitness = lambda x: x.sum()",
        "def helper(x): return 1\nfitness = helper",
        "def fitness(x):\n    for part in x:\n        if part > 0:\n            return part",
        "def fitness(x):\n    raise ValueError",
        OwnFunction.read(EXAMPLE).source,
    ],
)
def test_what_can_work_has_no_problems(source: str) -> None:
    assert find_problems(source) == ()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def fitness(x)\n    return 1", "line 1: this is not Python: expected ':'"),
        ("", "there is no function fitness: write def fitness(x):"),
        ("def cost(x): return 1", "write def fitness(x):; rename cost to fitness"),
        ("import os\ndef fitness(x): return 1", "line 1: os cannot be imported; a fitness has"),
        ("import numpyro\ndef fitness(x): return 1", "line 1: numpyro cannot be imported"),
        ("from . import x\ndef fitness(x): return 1", "line 1: a file of your own cannot be"),
        (
            "def fitness(x):\n    from os.path import join\n    return 1",
            "line 2: os.path cannot be imported",
        ),
        ("X = 1\ndef fitness(): return 1", "line 2: fitness takes one parameter"),
        ("def fitness(x, y): return 1", "this one takes 2: write def fitness(x):"),
        ("def fitness(x, *, y): return 1", "this one takes 2"),
        ("def fitness(x):\n    x + 1", "line 1: fitness returns nothing; return a number"),
        ("def fitness(x):\n    return", "line 1: fitness returns nothing"),
        ("def fitness(x):\n    def f(): return 1", "line 1: fitness returns nothing"),
        ("async def fitness(x): return 1", "line 1: fitness must be a plain function"),
        ("class fitness: pass", "line 1: fitness must be a plain function"),
        ("def fitness(x): return '\0'", "this is not Python"),
        ("x = " + "-" * 50_000 + "1", "this cannot be read as Python"),
        ("#" * 70_000, "the source is longer than 64 kB; shorten it"),
    ],
)
def test_what_cannot_work_is_told_with_its_line(source: str, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        check_source(source)
    assert words in str(caught.value)
    assert caught.value.line == (int(words[5]) if words.startswith("line ") else caught.value.line)


def test_all_problems_are_told_in_the_order_of_their_lines() -> None:
    source = "import os\ndef fitness(x, y):\n    import sys\n    return 1"
    assert [problem.line for problem in find_problems(source)] == [1, 2, 3]


@given(st.text(max_size=200))
def test_any_text_at_all_is_answered(text: str) -> None:
    assert all(problem.message for problem in find_problems(text))
