from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpolab.diagnostics.arrays import Arrays
from hpolab.errors import StoreError
from hpolab.training.recording import ARRAYS, INDEX


def test_arrays_come_back_as_they_were_recorded(made: Any) -> None:
    arrays = made({"weight_norm": [[1.0, 2.0]]}, {"weight_norm": ("conv1/kernel", "dense/kernel")})
    assert arrays["weight_norm"].tolist() == [[1.0, 2.0]]
    assert arrays.labels("weight_norm") == ("conv1/kernel", "dense/kernel")
    assert "weight_norm" in arrays
    assert "update_ratio" not in arrays


def test_parts_are_layers_without_the_arrays_that_only_explain_others(made: Any) -> None:
    arrays = made(
        {"gates/lstm1": [1], "gates/lstm2": [1], "gates/lstm1/range": [1], "gatesx/a": [1]}
    )
    assert arrays.parts("gates") == ("lstm1", "lstm2")


def test_an_array_cannot_be_written_to(made: Any) -> None:
    with pytest.raises(ValueError, match="read-only"):
        made({"f1": [1.0]})["f1"][0] = 2


def test_reading_again_finds_what_was_written_since(made: Any) -> None:
    first = made({"f1": [1.0]})
    second = made({"f1": [1.0, 2.0, 3.0]})
    assert first["f1"].size == 1
    assert second["f1"].size == 3


def test_a_trial_without_a_recording_says_so(tmp_path: Path) -> None:
    assert Arrays.find(tmp_path) is None
    with pytest.raises(StoreError, match="has no diagnostics"):
        Arrays.read(tmp_path)


def test_an_array_that_is_not_there_is_named(made: Any) -> None:
    with pytest.raises(StoreError, match="holds no 'f2'"):
        made({"f1": [1.0]})["f2"]


def test_a_recording_of_a_newer_version_asks_for_an_update(made: Any, tmp_path: Path) -> None:
    made({"f1": [1.0]})
    (tmp_path / INDEX).write_text(json.dumps({"format": 99, "arrays": {}}))
    with pytest.raises(StoreError, match="update hpolab"):
        Arrays.read(tmp_path)


@pytest.mark.parametrize(
    "index", ["", "{", "[]", "{}", '{"format": 1}', '{"format": 1, "arrays": {"f1": 3}}']
)
def test_a_damaged_index_is_a_store_error(made: Any, tmp_path: Path, index: str) -> None:
    made({"f1": [1.0]})
    (tmp_path / INDEX).write_text(index)
    with pytest.raises(StoreError, match="damaged"):
        Arrays.read(tmp_path)


@pytest.mark.parametrize("cut", [0, 10, 100])
def test_a_cut_archive_is_a_store_error(made: Any, tmp_path: Path, cut: int) -> None:
    made({"f1": np.arange(1000.0)})
    whole = (tmp_path / ARRAYS).read_bytes()
    (tmp_path / ARRAYS).write_bytes(whole[:cut])
    with pytest.raises(StoreError, match="damaged"):
        Arrays.read(tmp_path)


def test_a_flipped_byte_is_noticed_when_its_array_is_read(made: Any, tmp_path: Path) -> None:
    made({"f1": np.random.default_rng(0).random(1000)})
    content = bytearray((tmp_path / ARRAYS).read_bytes())
    content[300] ^= 0xFF
    (tmp_path / ARRAYS).write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        Arrays.read(tmp_path)["f1"]


def test_pickles_are_never_opened(made: Any, tmp_path: Path) -> None:
    made({"f1": [1.0]})
    np.savez(tmp_path / ARRAYS, f1=np.array([{"a": 1}], dtype=object))
    with pytest.raises(StoreError, match="damaged"):
        Arrays.read(tmp_path)["f1"]
    (tmp_path / ARRAYS).write_bytes(pickle.dumps({"f1": 1}))
    with pytest.raises(StoreError, match="damaged"):
        Arrays.read(tmp_path)


def test_an_array_of_another_shape_than_the_index_says_is_damage(
    made: Any, tmp_path: Path
) -> None:
    made({"f1": [1.0]})
    np.savez(tmp_path / ARRAYS, f1=np.zeros(7))
    with pytest.raises(StoreError, match="shape"):
        Arrays.read(tmp_path)["f1"]
