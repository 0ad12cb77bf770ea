"""The faults of an object store, each ordered from a proxy before a real S3 server."""

from __future__ import annotations

import datetime
import os
import signal
import traceback
from collections.abc import Iterator
from pathlib import Path

import botocore.auth
import pytest
from botocore import exceptions as boto

from hpolab.errors import ConfigError, ObjectError
from hpolab.settings import s3_settings
from hpolab.storage import s3 as s3_module
from hpolab.storage._refusals import explain
from hpolab.storage.bucket import Bucket
from hpolab.storage.objects import Parcel
from hpolab.storage.s3 import S3Store
from hpolab.testing.fault_proxy import Fault, FaultProxy, fault_proxy
from hpolab.testing.s3_server import S3Server, rclone, s3_server

pytestmark = pytest.mark.skipif(rclone() is None, reason="rclone is not installed")
CONTENT = os.urandom(20_000)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    folder = tmp_path_factory.mktemp("s3")
    (folder / "bucket").mkdir()
    with s3_server(folder) as serving:
        yield serving


@pytest.fixture(scope="module")
def proxying(server: S3Server) -> Iterator[FaultProxy]:
    with pytest.MonkeyPatch.context() as patch, fault_proxy(server.endpoint) as proxy:
        use_keys_of(server, patch)
        yield proxy
    s3_settings.cache_clear()


@pytest.fixture
def proxy(proxying: FaultProxy) -> FaultProxy:
    proxying.heal()
    return proxying


@pytest.fixture(scope="module")
def store(proxying: FaultProxy) -> S3Store:
    return impatient(proxying.endpoint)


def use_keys_of(server: S3Server, patch: pytest.MonkeyPatch) -> None:
    for name, value in server.environment.items():
        patch.setenv(name, value)
    s3_settings.cache_clear()


def impatient(endpoint: str, silence_seconds: float = 30.0) -> S3Store:
    bucket = Bucket(name="bucket", endpoint=endpoint)
    return S3Store(bucket, first_wait_seconds=0.001, attempts=1, silence_seconds=silence_seconds)


@pytest.fixture
def parcel(store: S3Store, proxy: FaultProxy, tmp_path: Path) -> Parcel:
    (tmp_path / "file").write_bytes(CONTENT)
    parcel = store.upload(tmp_path / "file", "a/b.zip")
    proxy.heal()
    return parcel


MENDED: list[tuple[Fault, ...]] = [
    ("404", "404"),
    ("503", "503", "503"),
    ("500", "500"),
    ("truncated",),
    ("cut",),
    ("longer",),
    ("altered", "altered"),
    ("reset", "reset"),
    ("404", "503", "truncated", "altered"),
]


@pytest.mark.parametrize("faults", MENDED, ids="-".join)
def test_what_passes_is_waited_for(
    faults: tuple[Fault, ...], store: S3Store, proxy: FaultProxy, parcel: Parcel, tmp_path: Path
) -> None:
    proxy.fail("GET", *faults)

    store.download(parcel, tmp_path / "there")

    assert (tmp_path / "there").read_bytes() == CONTENT
    assert len(proxy.seen) == len(faults) + 1


LASTING: dict[Fault, tuple[str, int]] = {
    "403": (r"refuses us \(AccessDenied\): check AWS_ACCESS_KEY_ID", 1),
    "404": (r"it is not in the bucket .* \(5 tries\)", 5),
    "503": (r"asks to be spared \(SlowDown\): fewer at once\. \(6 tries\)", 6),
    "500": (r"is out of order \(500, InternalError\)\. \(5 tries\)", 5),
    "truncated": (r"(only .* bytes are in|broke off in the middle).* \(4 tries\)", 4),
    "cut": (r"only 10,000 of 20,000 bytes are in the bucket .* \(4 tries\)", 4),
    "altered": (r"is not what its worker stored \(checksum\)\. \(3 tries\)", 3),
    "reset": (r"cannot be reached \(ConnectionClosedError\)\. \(5 tries\)", 5),
}


@pytest.mark.parametrize("fault", LASTING)
def test_what_lasts_is_told_in_a_sentence_and_leaves_nothing(
    fault: Fault, store: S3Store, proxy: FaultProxy, parcel: Parcel, tmp_path: Path
) -> None:
    match, tries = LASTING[fault]
    proxy.fail("GET", *[fault] * 20)

    with pytest.raises(ObjectError, match=rf"^a/b\.zip cannot be fetched: .*{match}"):
        store.download(parcel, tmp_path / "there" / "it")

    assert len(proxy.seen) == tries
    assert list((tmp_path / "there").iterdir()) == []


@pytest.mark.parametrize(
    ("fault", "match"), [("silent", "fell silent"), ("slow", "too slow|fell silent")]
)
def test_a_store_that_keeps_us_waiting_is_given_up(
    fault: Fault,
    match: str,
    parcel: Parcel,
    proxy: FaultProxy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(s3_module, "_SLOWEST_BYTES_PER_SECOND", 1_000_000)
    monkeypatch.setattr(s3_module, "_CHUNK_BYTES", 1)
    proxy.fail("GET", fault, fault)

    with pytest.raises(ObjectError, match=rf"{match}.*\(2 tries\)"):
        impatient(proxy.endpoint, silence_seconds=0.4).download(parcel, tmp_path / "there")


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_wrong_clock_is_recognised(
    hours: int, store: S3Store, parcel: Parcel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is the real one, which compares the time of a request with its own."""
    now = botocore.auth.get_current_datetime
    ahead = datetime.timedelta(hours=hours)
    monkeypatch.setattr(
        botocore.auth, "get_current_datetime", lambda *given, **named: now(*given, **named) + ahead
    )
    monkeypatch.setattr("hpolab.storage._refusals.datetime", _Shifted(ahead))
    way = "fast" if hours > 0 else "slow"

    with pytest.raises(ObjectError, match=f"this clock is 120 minutes {way}: set it"):
        store.download(parcel, tmp_path / "there")


class _Shifted:
    """A clock that is wrong."""

    def __init__(self, ahead: datetime.timedelta) -> None:
        self._ahead = ahead

    def now(self, zone: datetime.tzinfo) -> datetime.datetime:
        return datetime.datetime.now(zone) + self._ahead


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_wrong_keys_are_refused_by_the_server_and_never_told(
    name: str, parcel: Parcel, proxy: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "known-fake-5ec2et")
    s3_settings.cache_clear()
    store = impatient(proxy.endpoint)

    with pytest.raises(ObjectError, match="refuses us") as caught:
        store.download(parcel, tmp_path / "there")

    told = "".join(traceback.format_exception(caught.value)) + repr(store) + repr(s3_settings())
    s3_settings.cache_clear()
    assert "known-fake-5ec2et" not in told
    assert len(proxy.seen) == 1


def test_without_keys_nothing_is_tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    s3_settings.cache_clear()

    with pytest.raises(ConfigError, match="set AWS_ACCESS_KEY_ID and AWS_SECRET"):
        impatient("http://127.0.0.1:9")
    s3_settings.cache_clear()


def test_bucket_that_is_not_there_is_named(
    proxy: FaultProxy, parcel: Parcel, tmp_path: Path
) -> None:
    store = S3Store(Bucket(name="another", endpoint=proxy.endpoint), attempts=1)

    with pytest.raises(ObjectError, match=r"the bucket another at http.* does not exist"):
        store.download(parcel, tmp_path / "there")


def test_store_that_is_not_there_is_named(
    proxy: FaultProxy, parcel: Parcel, tmp_path: Path
) -> None:
    with pytest.raises(ObjectError, match=r"127\.0\.0\.1:9 cannot be reached .*\(5 tries\)"):
        impatient("http://127.0.0.1:9").download(parcel, tmp_path / "there")


@pytest.mark.parametrize(
    "error",
    [
        boto.EndpointConnectionError(endpoint_url="https://nowhere.invalid"),
        boto.ConnectTimeoutError(endpoint_url="https://nowhere.invalid"),
        boto.SSLError(endpoint_url="https://nowhere.invalid", error="expired"),
    ],
)
def test_a_name_that_no_server_answers_to_is_worth_a_repeat(error: Exception) -> None:
    refusal = explain(error, where="the bucket b")

    assert refusal.kind == "unreachable"
    assert refusal.sentence == f"the bucket b cannot be reached ({type(error).__name__})."


def test_a_full_disk_is_not_taken_for_the_store_s_fault() -> None:
    refusal = explain(OSError(28, "No space left on device"), where="the bucket b")

    assert (refusal.kind, "No space left" in refusal.sentence) == ("odd", True)


def test_a_large_file_goes_in_parts_and_one_that_fails_is_sent_again(
    store: S3Store, proxy: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_module, "_PART_BYTES", 5 * 2**20)
    large = os.urandom(12 * 2**20)
    (tmp_path / "large").write_bytes(large)
    proxy.fail("PUT", "503")
    proxy.fail("POST", "500")

    parcel = store.upload(tmp_path / "large", "large.zip")
    store.download(parcel, tmp_path / "there")

    assert (tmp_path / "there").read_bytes() == large
    assert sum(m == "PUT" and "partNumber" in path for m, path in proxy.seen) >= 3


UPLOADS: dict[Fault, str] = {"403": "refuses us", "503": "spared", "reset": "cannot be reached"}


@pytest.mark.parametrize("fault", UPLOADS)
def test_upload_that_is_refused_for_good_is_told(
    fault: Fault, store: S3Store, proxy: FaultProxy, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(CONTENT)
    proxy.fail("PUT", *[fault] * 20)

    with pytest.raises(ObjectError, match=rf"new\.zip cannot be stored: .*{UPLOADS[fault]}"):
        store.upload(tmp_path / "file", "new.zip")


def test_the_checksum_stays_with_the_object(store: S3Store, parcel: Parcel) -> None:
    stored = store._client.head_object(Bucket="bucket", Key=parcel.key)

    assert {k.lower(): v for k, v in stored["Metadata"].items()}["sha256"] == parcel.sha256


def test_server_that_dies_in_the_middle_of_an_upload_leaves_no_half_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_module, "_PART_BYTES", 5 * 2**20)
    (tmp_path / "s3" / "bucket").mkdir(parents=True)
    (tmp_path / "file").write_bytes(os.urandom(11 * 2**20))
    with s3_server(tmp_path / "s3") as server, fault_proxy(server.endpoint) as proxy:
        use_keys_of(server, monkeypatch)

        def kill_at_the_second_part(method: str, path: str) -> None:
            if method == "PUT" and "partNumber=2" in path:
                os.kill(server.pid, signal.SIGKILL)

        proxy.before = kill_at_the_second_part
        with pytest.raises(ObjectError, match=r"half\.zip cannot be stored: .*cannot be reached"):
            impatient(proxy.endpoint).upload(tmp_path / "file", "half.zip")

    with s3_server(tmp_path / "s3") as server:
        never = Parcel(key="half.zip", sha256="0" * 64, size=11 * 2**20)
        with pytest.raises(ObjectError, match="it is not in the bucket"):
            impatient(server.endpoint).download(never, tmp_path / "there")
    s3_settings.cache_clear()
