"""What every object store owes, on the real ones: a folder, and rclone's S3 server over boto3."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpolab.errors import ConfigError, ObjectError
from hpolab.settings import s3_settings
from hpolab.storage.bucket import Bucket
from hpolab.storage.objects import FolderStore, ObjectStore, Parcel, describe
from hpolab.storage.s3 import S3Store
from hpolab.testing.s3_server import S3Server, rclone, s3_server

CONTENT = os.urandom(20_000)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    if rclone() is None:
        pytest.skip("rclone is not installed")
    folder = tmp_path_factory.mktemp("s3")
    (folder / "bucket").mkdir()
    with s3_server(folder) as serving:
        yield serving


@pytest.fixture(scope="module")
def bucket(server: S3Server) -> Iterator[S3Store]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        s3_settings.cache_clear()
        place = Bucket(name="bucket", endpoint=server.endpoint)
        yield S3Store(place, first_wait_seconds=0.001)
        s3_settings.cache_clear()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "volume")
    store: S3Store = request.getfixturevalue("bucket")
    return store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    return path


def test_what_was_stored_comes_back(store: ObjectStore, file: Path, tmp_path: Path) -> None:
    parcel = store.upload(file, "hpolab/a/0007-1.zip")

    store.download(parcel, tmp_path / "new" / "there.zip")

    assert parcel == describe(file, "hpolab/a/0007-1.zip")
    assert (tmp_path / "new" / "there.zip").read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["there.zip"]


def test_storing_again_replaces(store: ObjectStore, file: Path, tmp_path: Path) -> None:
    store.upload(file, "again")
    file.write_bytes(b"new")

    store.download(store.upload(file, "again"), tmp_path / "there")

    assert (tmp_path / "there").read_bytes() == b"new"


def test_what_was_removed_is_missing(store: ObjectStore, file: Path, tmp_path: Path) -> None:
    parcel = store.upload(file, "gone")
    store.delete("gone")
    store.delete("gone")

    with pytest.raises(ObjectError, match=r"gone .*is not (on|in) the"):
        store.download(parcel, tmp_path / "there")

    assert not (tmp_path / "there").exists()


def test_what_is_not_what_was_stored_is_refused(
    store: ObjectStore, file: Path, tmp_path: Path
) -> None:
    parcel = store.upload(file, "altered")
    (tmp_path / "there").write_bytes(b"what is here stays")
    file.write_bytes(CONTENT[::-1])
    store.upload(file, "altered")

    with pytest.raises(ObjectError, match=r"altered .*checksum"):
        store.download(parcel, tmp_path / "there")

    assert (tmp_path / "there").read_bytes() == b"what is here stays"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["file", "there"]


@pytest.mark.parametrize("key", ["../x", "/etc/x", "a/../x", "", ".", "a//b", "a\\b", "a\nb"])
def test_key_that_leaves_the_store_is_refused(store: ObjectStore, file: Path, key: str) -> None:
    with pytest.raises(ConfigError, match="cannot be the key"):
        store.upload(file, key)
    with pytest.raises(ConfigError, match="cannot be the key"):
        store.delete(key)
    with pytest.raises(ConfigError, match="cannot be the key"):
        Parcel(key=key, sha256="0" * 64, size=1)
