from __future__ import annotations

import io
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from hpolab.data.pickles import npz_headers, read_npz, unpickle
from hpolab.errors import DataError


def lists_of_ints() -> np.ndarray:
    rows = np.empty(3, object)
    rows[:] = [[1, 2], [3], [4, 5, 6]]
    return rows


def test_object_arrays_of_lists_are_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=lists_of_ints(), y=np.arange(3))

    arrays = read_npz(tmp_path / "a.npz")

    assert arrays["x"].tolist() == [[1, 2], [3], [4, 5, 6]]
    assert arrays["y"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4])
def test_every_pickle_protocol_of_an_array_is_read(protocol: int) -> None:
    batch = {b"data": np.arange(6, dtype=np.uint8).reshape(2, 3), b"labels": [0, 1]}

    read = unpickle(io.BytesIO(pickle.dumps(batch, protocol=protocol)), named="batch")

    assert read[b"data"].tolist() == [[0, 1, 2], [3, 4, 5]]


class Malicious:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return os.mkdir, (str(self.marker),)


def test_a_pickle_that_wants_to_run_something_is_refused_and_does_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "pwned"
    rows = np.empty(1, object)
    rows[0] = Malicious(marker)
    np.savez(tmp_path / "evil.npz", x=rows)

    with pytest.raises(DataError, match=r"evil\.npz.*mkdir.*no array needs"):
        read_npz(tmp_path / "evil.npz")
    assert not marker.exists()

    np.load(tmp_path / "evil.npz", allow_pickle=True)["x"]
    assert marker.exists(), "the trap itself works"


@pytest.mark.parametrize("call", [b"cbuiltins\neval\n", b"cos\nsystem\n", b"cnumpy\nload\n"])
def test_names_that_no_array_needs_are_refused(call: bytes) -> None:
    with pytest.raises(DataError, match="refused"):
        unpickle(io.BytesIO(call + b"(S'1'\ntR."), named="x")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cut.npz"
    np.savez(path, x=np.arange(1000))
    path.write_bytes(path.read_bytes()[:600])

    for read in (read_npz, npz_headers):
        with pytest.raises(DataError, match=r"cut\.npz is not a readable"):
            read(path)


def test_flipped_bytes_in_a_compressed_array_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "flipped.npz"
    np.savez_compressed(path, x=np.random.default_rng(0).integers(0, 99, 5000))
    data = bytearray(path.read_bytes())
    data[2000:2100] = bytes(100)
    path.write_bytes(data)

    with pytest.raises(DataError, match=r"flipped\.npz"):
        read_npz(path)


def test_an_array_that_is_not_what_its_header_says_is_refused(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|O", "fortran_order": False, "shape": (3,)}
    )
    with zipfile.ZipFile(tmp_path / "odd.npz", "w") as archive:
        archive.writestr("x.npy", header.getvalue() + pickle.dumps([1, 2, 3]))

    with pytest.raises(DataError, match="does not hold the array"):
        read_npz(tmp_path / "odd.npz")


def test_headers_tell_shapes_without_the_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.zeros((3, 2)), rows=lists_of_ints())

    headers = npz_headers(tmp_path / "a.npz")

    assert headers["x"].shape == (3, 2)
    assert headers["rows"].dtype == object
