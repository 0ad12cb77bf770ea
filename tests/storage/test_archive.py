from __future__ import annotations

import os
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hpolab.errors import StoreError
from hpolab.storage import archive
from hpolab.storage.archive import pack, unpack

Forge = Callable[..., Path]


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    """Writes a ZIP by hand, with names and attributes as an attacker would."""

    def make(*entries: tuple[str, bytes], mode: int = stat.S_IFREG | 0o644) -> Path:
        path = tmp_path / "forged.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            for name, content in entries:
                info = zipfile.ZipInfo("placeholder")
                info.filename = name  # past ZipInfo's own cleaning
                info.external_attr = mode << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                made.writestr(info, content)
        return path

    return make


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "forged.zip")


def test_what_was_packed_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "big.bin").write_bytes(os.urandom(3_000_000))
    pack(
        tmp_path / "a.zip",
        {"lab/deep/down/big.bin": tmp_path / "big.bin", "lab/note.txt": "é".encode()},
    )

    into = unpack(tmp_path / "a.zip", tmp_path / "out" / "there")

    assert into == tmp_path / "out" / "there"
    found = {p.relative_to(into).as_posix(): p.read_bytes() for p in into.rglob("*.*")}
    assert found == {
        "deep/down/big.bin": (tmp_path / "big.bin").read_bytes(),
        "note.txt": "é".encode(),
    }


def test_same_files_give_the_same_bytes_in_whatever_order(tmp_path: Path) -> None:
    files = {"lab/b": b"2", "lab/a": b"1", "lab/c/d": b"3"}

    pack(tmp_path / "one.zip", files)
    pack(tmp_path / "two.zip", dict(reversed(files.items())))

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert zipfile.ZipFile(tmp_path / "one.zip").namelist() == ["lab/a", "lab/b", "lab/c/d"]


def test_file_that_has_vanished_is_left_out(tmp_path: Path) -> None:
    pack(tmp_path / "a.zip", {"lab/a": b"1", "lab/gone": tmp_path / "gone"})

    assert zipfile.ZipFile(tmp_path / "a.zip").namelist() == ["lab/a"]


def test_failed_packing_leaves_the_old_archive(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"the old one")

    with pytest.raises(StoreError, match=r"a\.zip"):
        pack(tmp_path / "a.zip", {"lab/folder": tmp_path})  # a folder cannot be read as a file

    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]
    assert (tmp_path / "a.zip").read_bytes() == b"the old one"


def test_several_folders_at_the_top_stay_as_they_are(forge: Forge, tmp_path: Path) -> None:
    into = unpack(forge(("a/x", b"1"), ("b/x", b"2")), tmp_path / "out")

    assert (into / "a" / "x").read_bytes() == b"1"
    assert (into / "b" / "x").read_bytes() == b"2"


def test_file_at_the_top_is_not_taken_for_a_folder(forge: Forge, tmp_path: Path) -> None:
    into = unpack(forge(("only", b"1")), tmp_path / "out")

    assert (into / "only").read_bytes() == b"1"


def test_empty_folder_is_filled(forge: Forge, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    assert (unpack(forge(("a", b"1")), tmp_path / "out") / "a").read_bytes() == b"1"


@pytest.mark.parametrize(
    "name",
    [
        "../escaped",
        "lab/../../escaped",
        "lab/..",
        "/etc/passwd",
        "//server/share",
        "C:/windows/system.ini",
        "C:evil",
        "..\\escaped",
        "lab\\..\\..\\escaped",
        "lab/name:stream",
        ".",
    ],
)
def test_name_that_leaves_the_folder_is_refused(name: str, forge: Forge, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="unsafe name"):
        unpack(forge(("lab/good", b"1"), (name, b"evil")), tmp_path / "out")

    assert left_behind(tmp_path) == []


def test_name_with_a_hidden_end_is_refused(forge: Forge, tmp_path: Path) -> None:
    path = forge(("lab/good", b"1"), ("lab/nul_.txt", b"2"))
    path.write_bytes(path.read_bytes().replace(b"nul_", b"nul\0"))

    with pytest.raises(StoreError, match=r"unsafe name|damaged"):
        unpack(path, tmp_path / "out")

    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_are_refused(kind: int, forge: Forge, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="link or a device"):
        unpack(forge(("lab/link", b"/etc/passwd"), mode=kind | 0o777), tmp_path / "out")

    assert left_behind(tmp_path) == []


def test_too_many_files_are_refused(forge: Forge, tmp_path: Path) -> None:
    path = forge(*((f"lab/{number}", b"") for number in range(11)))

    with pytest.raises(StoreError, match="11 entries; at most 10"):
        unpack(path, tmp_path / "out", max_files=10)

    assert left_behind(tmp_path) == []
    assert len(list(unpack(path, tmp_path / "out", max_files=11).iterdir())) == 11


def test_bomb_is_refused_before_it_is_unpacked(forge: Forge, tmp_path: Path) -> None:
    path = forge(("lab/bomb", bytes(5_000_000)))
    assert path.stat().st_size < 10_000

    with pytest.raises(StoreError, match="5,000,000 bytes; at most 1,000,000"):
        unpack(path, tmp_path / "out", max_bytes=1_000_000)

    assert left_behind(tmp_path) == []


def test_bomb_that_lies_about_its_size_is_refused(forge: Forge, tmp_path: Path) -> None:
    path = forge(("lab/bomb", bytes(5_000_000)))
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 5_000_000), struct.pack("<I", 9)))

    with pytest.raises(StoreError, match="damaged"):
        unpack(path, tmp_path / "out", max_bytes=1_000_000)

    assert left_behind(tmp_path) == []


def test_limit_counts_what_is_really_written(
    forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The declared sizes are a first sieve; the second one does not believe them."""
    path = forge(("lab/a", bytes(600)), ("lab/b", bytes(600)))
    entries = archive._checked(
        path, zipfile.ZipFile(path).infolist(), max_bytes=2000, max_files=10
    )
    monkeypatch.setattr(archive, "_checked", lambda *_, **__: entries)

    with pytest.raises(StoreError, match="more than 1,000 bytes"):
        unpack(path, tmp_path / "out", max_bytes=1000)

    assert left_behind(tmp_path) == []


@pytest.mark.filterwarnings("ignore:Duplicate name")  # zipfile's, while the test forges it
@pytest.mark.parametrize("second", ["lab/a", "lab/A", "lab/./a"])
def test_two_files_of_one_name_are_refused(second: str, forge: Forge, tmp_path: Path) -> None:
    path = forge(("lab/a", b"1"), (second, b"2"))

    with pytest.raises(StoreError, match="same name"):
        unpack(path, tmp_path / "out")

    assert left_behind(tmp_path) == []


def test_file_in_the_place_of_a_folder_is_refused(forge: Forge, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot unpack"):
        unpack(forge(("x", b""), ("a", b"file"), ("a/b", b"in a file")), tmp_path / "out")

    assert left_behind(tmp_path) == []


def test_encrypted_archive_is_refused(forge: Forge, tmp_path: Path) -> None:
    path = forge(("lab/a", b"secret"))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)

    with pytest.raises(StoreError, match="encrypted"):
        unpack(path, tmp_path / "out")

    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("damage", ["not a zip", "cut", "changed", "method", "empty"])
def test_damaged_archive_is_refused(damage: str, forge: Forge, tmp_path: Path) -> None:
    path = forge(("lab/a", os.urandom(5000)))
    content = bytearray(path.read_bytes())
    if damage == "not a zip":
        content = bytearray(b"hello " * 100)
    elif damage == "cut":
        content = content[:2000]
    elif damage == "changed":
        content[3000] ^= 0xFF
    elif damage == "method":
        content[content.index(b"PK\x01\x02") + 10] = 97
    else:
        content = bytearray()
    path.write_bytes(content)

    with pytest.raises(StoreError, match=r"not a ZIP, or is damaged"):
        unpack(path, tmp_path / "out")

    assert left_behind(tmp_path) == []


def test_missing_archive_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"gone\.zip: No such file"):
        unpack(tmp_path / "gone.zip", tmp_path / "out")


def test_what_is_there_is_not_overwritten(forge: Forge, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("precious")

    with pytest.raises(StoreError, match="exists already"):
        unpack(forge(("lab/mine", b"other")), tmp_path / "out")

    assert (tmp_path / "out" / "mine").read_text() == "precious"
