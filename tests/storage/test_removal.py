from __future__ import annotations

from pathlib import Path

import pytest

from hpolab.errors import FolderLocked, StoreError
from hpolab.storage.files import disk_bytes
from hpolab.storage.folder import SweepFolder, find_sweeps
from hpolab.storage.lock import CoordinatorLock
from hpolab.storage.removal import delete_sweep


@pytest.fixture
def folder(tmp_path: Path) -> SweepFolder:
    made = SweepFolder.create(tmp_path / "sweeps" / "old", {"epochs": 3})
    made.write_result(0, {"trial": 0})
    return made


def test_a_deleted_sweep_leaves_nothing_behind(folder: SweepFolder) -> None:
    delete_sweep(folder.path, within=folder.path.parent)

    assert list(folder.path.parent.iterdir()) == []


def test_what_a_crash_left_of_a_deletion_is_no_sweep_and_goes_with_the_next(
    folder: SweepFolder,
) -> None:
    sweeps = folder.path.parent
    SweepFolder.create(sweeps / ".deleted-abc", {})
    SweepFolder.create(sweeps / "other", {})

    assert [found.name for found in find_sweeps(sweeps)] == ["old", "other"]
    delete_sweep(folder.path, within=sweeps)
    assert [path.name for path in sweeps.iterdir()] == ["other"]


@pytest.mark.parametrize("place", [".", "confirm"])
def test_a_sweep_that_someone_works_in_is_not_deleted(folder: SweepFolder, place: str) -> None:
    (folder.path / place).mkdir(exist_ok=True)
    with (
        CoordinatorLock(folder.path / place / ".lock"),
        pytest.raises(FolderLocked, match=r"old is (running|being confirmed)"),
    ):
        delete_sweep(folder.path, within=folder.path.parent)
    assert folder.trial(0).is_dir()


def test_who_begins_to_work_at_the_last_moment_keeps_the_folder(
    folder: SweepFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = CoordinatorLock(folder.lock)
    rename = Path.rename

    def begin_and_rename(self: Path, target: Path) -> Path:
        if target.name == "old" and target != folder.path:
            lock.__enter__()
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", begin_and_rename)
    with pytest.raises(FolderLocked):
        delete_sweep(folder.path, within=folder.path.parent)
    lock.__exit__()
    assert [path.name for path in folder.path.parent.iterdir()] == ["old"]


def test_links_and_folders_elsewhere_are_not_deleted(folder: SweepFolder, tmp_path: Path) -> None:
    shown = tmp_path / "shown"
    shown.mkdir()
    (shown / "old").symlink_to(folder.path, target_is_directory=True)

    with pytest.raises(StoreError, match="is a link"):
        delete_sweep(shown / "old", within=shown)
    with pytest.raises(StoreError, match="is not in"):
        delete_sweep(folder.path, within=shown)
    with pytest.raises(StoreError, match="is not a sweep folder"):
        delete_sweep(tmp_path, within=tmp_path.parent)
    assert folder.trial(0).is_dir()


def test_links_in_a_deleted_sweep_are_not_followed(folder: SweepFolder, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "text").write_text("years of work")
    (folder.path / "notes").symlink_to(tmp_path / "thesis", target_is_directory=True)

    assert disk_bytes(folder.path) < 1000
    delete_sweep(folder.path, within=folder.path.parent)
    assert (tmp_path / "thesis" / "text").read_text() == "years of work"
