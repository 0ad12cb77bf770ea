from __future__ import annotations

import os
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpolab.errors import StoreError
from hpolab.storage.parcel import pack, unpack

NAMES = st.text("abcdefgh_-é中 0", min_size=1, max_size=12).map(lambda name: f"{name}.x")
TREES = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=3).map(lambda parts: "/d/".join(parts)),
    st.binary(max_size=300),
    max_size=6,
)
"""Files by name; a name that is also a folder of another cannot come up, for "/d/" parts them."""


def written(tree: dict[str, bytes], folder: Path) -> dict[str, bytes]:
    """Write what this file system can hold side by side, and say what that was."""
    folder.mkdir(parents=True)
    held = {}
    for name, content in tree.items():
        path = folder / name
        if any(parent.is_file() for parent in path.parents) or path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        held[name] = content
    return held


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@settings(deadline=None)  # the disk may be busy
@given(tree=TREES)
def test_what_is_packed_comes_out_as_it_was(
    tree: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("parcel")
    held = written(tree, place / "0007")

    pack(place / "0007", place / "there.zip")
    unpack(place / "there.zip", place / "trials" / "0007")

    assert contents(place / "trials" / "0007") == held
    assert [path.name for path in (place / "trials").iterdir()] == ["0007"]


def test_entries_are_in_the_order_of_their_names(tmp_path: Path) -> None:
    written(dict.fromkeys(("model.keras", "diagnostics/z", "a", "log.txt"), b""), tmp_path / "t")

    pack(tmp_path / "t", tmp_path / "t.zip")

    names = zipfile.ZipFile(tmp_path / "t.zip").namelist()
    assert names == ["trial/a", "trial/diagnostics/z", "trial/log.txt", "trial/model.keras"]


def test_links_and_temporary_files_stay_behind(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("not the trial's")
    written({"a": b"1", ".a.part": b"half", "d/b": b"2"}, tmp_path / "t")
    (tmp_path / "t" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "t" / "folder").symlink_to(tmp_path)

    pack(tmp_path / "t", tmp_path / "t.zip")

    assert zipfile.ZipFile(tmp_path / "t.zip").namelist() == ["trial/a", "trial/d/b"]


def test_an_earlier_attempt_gives_way_to_the_whole_new_one(tmp_path: Path) -> None:
    written({"log.txt": b"it was lost"}, tmp_path / "trials" / "0007")
    written({"model.keras": b"new"}, tmp_path / "t")
    pack(tmp_path / "t", tmp_path / "t.zip")

    unpack(tmp_path / "t.zip", tmp_path / "trials" / "0007")

    assert contents(tmp_path / "trials") == {"0007/model.keras": b"new"}


def test_what_a_killed_unpacking_left_is_removed_by_the_next(tmp_path: Path) -> None:
    written({"new/model.keras": b"ha"}, tmp_path / "trials" / ".0007.parcel-abc")
    written({"mine": b"1"}, tmp_path / "trials" / ".0008.parcel-abc")
    written({"model.keras": b"whole"}, tmp_path / "t")
    pack(tmp_path / "t", tmp_path / "t.zip")

    unpack(tmp_path / "t.zip", tmp_path / "trials" / "0007")

    left = contents(tmp_path / "trials")
    assert left == {"0007/model.keras": b"whole", ".0008.parcel-abc/mine": b"1"}


def forge(path: Path, *entries: tuple[str, bytes], mode: int = stat.S_IFREG | 0o644) -> bytearray:
    """A ZIP with names and attributes as an attacker would write them."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name  # past ZipInfo's own cleaning
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, content)
    return bytearray(path.read_bytes())


def lying_bomb(path: Path) -> bytearray:
    """Five megabytes that say they were nine bytes."""
    content = forge(path, ("trial/bomb", bytes(5_000_000)))
    return bytearray(content.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 9)))


def encrypted(path: Path) -> bytearray:
    content = forge(path, ("trial/a", b"secret"))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return content


def altered(path: Path) -> bytearray:
    content = forge(path, ("trial/a", os.urandom(5000)))
    content[2000] ^= 1
    return content


def overlapping(path: Path) -> bytearray:
    """Two names for one body, the way of bombs that grow with the square of their size."""
    content = forge(path, ("trial/a", bytes(9000)), ("trial/b", b"x"))
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    content[second + 20 : second + 28] = content[first + 20 : first + 28]
    content[second + 16 : second + 20] = content[first + 16 : first + 20]
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    return content


BAD: dict[str, tuple[Callable[[Path], bytearray], str]] = {
    "climbs out": (lambda p: forge(p, ("trial/../../evil", b"1")), "unsafe name"),
    "absolute": (lambda p: forge(p, ("/etc/evil", b"1")), "unsafe name"),
    "drive letter": (lambda p: forge(p, ("C:evil", b"1")), "unsafe name"),
    "backslashes": (lambda p: forge(p, ("trial\\..\\..\\evil", b"1")), "unsafe name"),
    "link": (lambda p: forge(p, ("trial/l", b"/etc"), mode=stat.S_IFLNK | 0o777), "a link"),
    "device": (lambda p: forge(p, ("trial/d", b""), mode=stat.S_IFBLK | 0o666), "a device"),
    "duplicate": (lambda p: forge(p, ("trial/a", b"1"), ("trial/A", b"2")), "same name"),
    "accents": (lambda p: forge(p, ("trial/e\u0301", b"1"), ("trial/\xe9", b"2")), "same name"),
    "too many": (lambda p: forge(p, *((f"trial/{n}", b"") for n in range(51))), "51 entries"),
    "bomb": (lambda p: forge(p, ("trial/bomb", bytes(5_000_000))), "5,000,000 bytes; at most"),
    "lying bomb": (lying_bomb, "damaged"),
    "encrypted": (encrypted, "encrypted"),
    "overlapping": (overlapping, "damaged"),
    "impossible name": (lambda p: forge(p, (f"trial/{'n' * 300}", b"1")), "cannot unpack"),
    "file as folder": (lambda p: forge(p, ("trial/a", b"1"), ("trial/a/b", b"2")), "cannot"),
    "truncated": (lambda p: forge(p, ("trial/a", os.urandom(5000)))[:3000], "damaged"),
    "altered": (altered, "damaged"),
    "no ZIP": (lambda _: bytearray(b"<Error><Code>SlowDown</Code></Error>"), "not a ZIP"),
    "empty": (lambda _: bytearray(), "not a ZIP"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")  # zipfile's, while the test forges it
@pytest.mark.parametrize("kind", BAD)
def test_bad_parcel_is_refused_and_changes_nothing(kind: str, tmp_path: Path) -> None:
    make, match = BAD[kind]
    path = tmp_path / "bad.zip"
    path.write_bytes(make(path))
    written({"model.keras": b"precious"}, tmp_path / "trials" / "0007")
    before = contents(tmp_path)

    with pytest.raises(StoreError, match=match):
        unpack(path, tmp_path / "trials" / "0007", max_bytes=1_000_000, max_files=50)

    assert contents(tmp_path) == before
    assert [path.name for path in (tmp_path / "trials").iterdir()] == ["0007"]


@settings(deadline=None)
@given(cut=st.integers(0, 700), flips=st.lists(st.integers(0, 699), max_size=4))
def test_damage_anywhere_is_refused_or_harmless(
    cut: int, flips: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever bytes change, nothing appears outside of the trial's folder, and no other error."""
    place = tmp_path_factory.mktemp("damage")
    content = forge(place / "t.zip", ("trial/a", b"one" * 40), ("trial/d/b", os.urandom(200)))
    for flip in flips:
        content[flip % len(content)] ^= 0x41
    (place / "t.zip").write_bytes(content[: cut or None])

    try:
        unpack(place / "t.zip", place / "trials" / "0007", max_bytes=10_000)
    except StoreError:
        assert not (place / "trials" / "0007").exists()
    assert set(contents(place)) <= {
        "t.zip",
        *(f"trials/0007/{path}" for path in contents(place / "trials" / "0007")),
    }
