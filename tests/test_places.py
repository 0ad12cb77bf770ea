from __future__ import annotations

import pytest

from hpolab.places import without_places


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ('File "/home/ada/my work/model.py", line 3', 'File "…/model.py", line 3'),
        ("/root/x/y.py:12: oops", "…/y.py:12: oops"),
        ("cannot write C:\\Users\\ada\\f.py: full", "cannot write …/f.py: full"),
        ("path=/a/b/c", "path=…/c"),
    ],
)
def test_paths_of_the_machine_are_cut_to_their_last_part(text: str, seen: str) -> None:
    assert without_places(text) == seen


@pytest.mark.parametrize(
    "text", ["epoch 3/10 and/or so", "https://keras.io/api/layers", "trials/0003/log.txt", "a / b"]
)
def test_what_is_no_path_of_the_machine_stays_as_it_is(text: str) -> None:
    assert without_places(text) == text
