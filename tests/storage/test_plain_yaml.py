from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.errors import ConfigError
from hpolab.storage.plain_yaml import read_yaml, to_yaml

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
NUMBERLIKE = st.from_regex(r"[-+]?[0-9]*\.?[0-9]*([eE][-+]?[0-9]{1,3})?", fullmatch=True)


@given(data=st.dictionaries(st.text() | NUMBERLIKE, VALUES | NUMBERLIKE))
def test_what_is_written_is_read_back_equal_and_of_the_same_types(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.yaml"
    path.write_text(to_yaml(data), encoding="utf-8")

    back = read_yaml(path)

    assert back == data
    assert repr(back) == repr(data)
    assert list(back) == list(data)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001), ("1E5", 100000.0), ("-2e+2", -200.0), ("1.5e3", 1500.0),
        (".5e-1", 0.05), ("1.0e-3", 0.001), ("7", 7), ("0.1", 0.1),
        ("'1e-3'", "1e-3"), ("e3", "e3"), ("1e", "1e"), ("relu", "relu"), ("true", True),
    ],
)  # fmt: skip
def test_numbers_are_numbers_in_every_usual_spelling(
    tmp_path: Path, text: str, value: object
) -> None:
    (tmp_path / "a.yaml").write_text(f"x: {text}\ny: [{text}]")

    assert read_yaml(tmp_path / "a.yaml") == {"x": value, "y": [value]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3", "'a' is there twice"),
        ("x: {low: 1, low: 2}", "'low' is there twice"),
        ("a: [1", "not valid YAML"),
        ("a: !!python/object:os.system {}", "not valid YAML"),
        ("- a", "`name: value` lines"),
        ("", "`name: value` lines"),
        ("a: 2030-99-99", "not valid YAML"),
        ("? [1]\n: 2", "not valid YAML"),
        ("[" * 3000, "not valid YAML"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_the_files_name(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "a.yaml").write_text(text)

    with pytest.raises(ConfigError, match=said) as caught:
        read_yaml(tmp_path / "a.yaml")

    assert "a.yaml" in str(caught.value)


def test_files_that_are_not_there_or_not_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"name: \xe4")

    for name in ("latin.yaml", "missing.yaml"):
        with pytest.raises(ConfigError, match=f"cannot read .*{name}"):
            read_yaml(tmp_path / name)
