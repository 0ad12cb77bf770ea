"""What becomes of a trial whose parcel is not what it should be: it keeps its metrics."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hpolab.executors._runpod_artifacts import Carrier
from hpolab.executors.runpod_spec import RunPodSpec
from hpolab.executors.runpod_wire import Order, Outcome
from hpolab.settings import s3_settings
from hpolab.storage.bucket import Bucket
from hpolab.storage.objects import Parcel, describe
from hpolab.storage.s3 import S3Store
from hpolab.testing.s3_server import S3Server, rclone, s3_server
from hpolab.trial import DatasetSpec, RunResult, RunSpec

pytestmark = pytest.mark.skipif(rclone() is None, reason="rclone is not installed")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    folder = tmp_path_factory.mktemp("s3")
    (folder / "bucket").mkdir()
    with s3_server(folder) as serving, pytest.MonkeyPatch.context() as patch:
        for name, value in serving.environment.items():
            patch.setenv(name, value)
        s3_settings.cache_clear()
        yield serving
    s3_settings.cache_clear()


def zipped(name: str, content: bytes = b"1", mode: int = stat.S_IFREG | 0o644) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("placeholder")
        info.filename = name
        info.external_attr = mode << 16
        archive.writestr(info, content)
    return made.getvalue()


def bomb() -> bytes:
    """Says that it unpacks to 8 GB."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("trial/model.keras", "trial/other"):
            archive.writestr(name, bytes(1000))
    return made.getvalue().replace(struct.pack("<I", 1000), struct.pack("<I", 0xFFFFFFFE))


GOOD = zipped("trial/model.keras")
BAD: dict[str, tuple[bytes, str]] = {
    "climbs out": (zipped("trial/../../../evil"), "unsafe name"),
    "link": (zipped("trial/model.keras", b"/etc/passwd", stat.S_IFLNK | 0o777), "a link"),
    "bomb": (bomb(), "unpacks to 8,589,934,588 bytes; at most"),
    "truncated": (GOOD[:-30], "is not a ZIP, or is damaged"),
    "incomplete": (zipped("trial/other"), "its parcel lacks model.keras"),
}


@pytest.fixture
def fetch(server: S3Server, tmp_path: Path) -> Callable[[Parcel | None, str], RunResult]:
    """What the carrier makes of an outcome, when a trial says that it wrote a model."""
    bucket = Bucket(name="bucket", endpoint=server.endpoint)
    spec = RunPodSpec(endpoint="x", bucket=bucket)
    folder = tmp_path / "far" / "trials" / "0007"
    run = RunSpec(trial=7, model="cnn", params={}, dataset=DatasetSpec(), epochs=1, folder=folder)
    result = RunResult(state="completed", accuracy=0.9, artifacts=("model.keras",))

    def carry(parcel: Parcel | None, note: str = "") -> RunResult:
        order = Order(submission="s", run=run, bucket=bucket, key="hpolab/far/0007")
        outcome = Outcome(submission="s", worker="w", result=result, parcel=parcel, note=note)
        said: list[str] = []
        fetched = Carrier(spec, said.append).fetch(order, outcome).result
        told = [f"trial 7 keeps its metrics, but {fetched.reason}"] if fetched.reason else []
        assert said == told
        return fetched

    return carry


@pytest.fixture
def stored(server: S3Server, tmp_path: Path) -> Callable[[bytes], Parcel]:
    store = S3Store(Bucket(name="bucket", endpoint=server.endpoint))

    def put(content: bytes) -> Parcel:
        (tmp_path / "file").write_bytes(content)
        return store.upload(tmp_path / "file", "hpolab/far/0007.zip")

    return put


@pytest.mark.parametrize("kind", BAD)
def test_bad_parcel_costs_the_artifacts_alone(
    kind: str,
    fetch: Callable[..., RunResult],
    stored: Callable[[bytes], Parcel],
    tmp_path: Path,
) -> None:
    content, why = BAD[kind]

    result = fetch(stored(content))

    assert (result.state, result.accuracy, result.artifacts) == ("completed", 0.9, ())
    assert result.reason.startswith("its artifacts are missing: ")
    assert why in result.reason
    assert not list(tmp_path.rglob("evil"))
    assert not list(tmp_path.rglob("model.keras"))


def test_good_parcel_is_placed_and_its_object_removed(
    fetch: Callable[..., RunResult],
    stored: Callable[[bytes], Parcel],
    server: S3Server,
    tmp_path: Path,
) -> None:
    result = fetch(stored(GOOD))

    assert (result.reason, result.artifacts) == ("", ("model.keras",))
    assert (tmp_path / "far" / "trials" / "0007" / "model.keras").read_bytes() == b"1"
    assert not (server.folder / "bucket" / "hpolab" / "far" / "0007.zip").exists()


def test_object_that_another_has_replaced_is_refused(
    fetch: Callable[..., RunResult],
    stored: Callable[[bytes], Parcel],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hpolab.storage.s3._LONGEST_WAIT_SECONDS", 0.01)
    stored(GOOD)
    (tmp_path / "other").write_bytes(GOOD[::-1])

    result = fetch(describe(tmp_path / "other", "hpolab/far/0007.zip"))

    assert "is not what its worker stored (checksum)" in result.reason


def test_object_that_is_not_there_is_told(
    fetch: Callable[..., RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpolab.storage.s3._LONGEST_WAIT_SECONDS", 0.01)

    result = fetch(Parcel(key="hpolab/far/0007-never.zip", sha256="0" * 64, size=9))

    assert "it is not in the bucket bucket" in result.reason


def test_object_that_would_fill_the_disk_is_not_even_fetched(
    fetch: Callable[..., RunResult],
) -> None:
    result = fetch(Parcel(key="hpolab/far/0007.zip", sha256="0" * 64, size=2**40))

    assert "1,099,511,627,776 bytes are more than" in result.reason


def test_parcel_that_could_not_be_sent_says_why(fetch: Callable[..., RunResult]) -> None:
    result = fetch(None, "hpolab/far/0007.zip cannot be stored: the bucket refuses us.")

    assert result.accuracy == 0.9
    assert result.reason.endswith("cannot be stored: the bucket refuses us.")
