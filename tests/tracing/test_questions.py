"""What comes from a browser is refused before anything is done with it."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from hpolab.errors import ConfigError
from hpolab.tracing import Example


def test_nested_lists_become_pixels_with_a_shape() -> None:
    example = Example.parse({"pixels": [[0, 1], [2, 255]]})

    assert example.shape == (2, 2, 1)
    assert base64.b64decode(example.pixels or "") == bytes([0, 1, 2, 255])


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({}, "exactly one"),
        ({"text": "a", "validation": 1}, "exactly one"),
        ({"text": "   "}, "a few words"),
        ({"text": "a" * 20_001}, "at most 20000"),
        ({"validation": -1}, "greater than or equal to 0"),
        ({"validation": 1.5}, "integer"),
        ({"pixels": []}, "rows, columns"),
        ({"pixels": [[]]}, "rows and columns"),
        ({"pixels": [[1, 2], [3]]}, "equally long"),
        ({"pixels": [[1, 2], 3]}, "equally long"),
        ({"pixels": [[256]]}, "0..255"),
        ({"pixels": [[-1]]}, "0..255"),
        ({"pixels": [[0.5]]}, "0..255"),
        ({"pixels": [[True]]}, "0..255"),
        ({"pixels": [["0"]]}, "0..255"),
        ({"pixels": [[[0, 0]]]}, "1 or 3 channels"),
        ({"pixels": [[[[0]]]]}, "1 or 3 channels"),
        ({"pixels": [[[[[0]]]]]}, "0..255"),
        ({"pixels": [[0] * 513]}, "1 to 512"),
        ({"pixels": [[0] * 1000] * 1000}, "at most 512"),
        ({"pixels": "AAAA"}, "belong together"),
        ({"pixels": "AAAA", "shape": [2, 2]}, "4 bytes are needed"),
        ({"pixels": "A" * 4_000_000, "shape": [2, 2]}, "4 bytes are needed"),
        ({"pixels": "§§§§§§", "shape": [2, 2]}, "base64"),
        ({"pixels": "AAAA", "shape": [3, -1]}, "rows and columns"),
        ({"pixels": "AAAA", "shape": [1, 10**12]}, "rows and columns"),
        ({"shape": [2, 2], "text": "a"}, "belong together"),
        ({"path": "/etc/passwd"}, "no such setting"),
    ],
)
def test_what_is_no_example_is_refused(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        Example.parse(given)
