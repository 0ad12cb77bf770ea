"""Objects in a bucket of S3 or of a store that speaks like it, as RunPod's volumes do.

Nothing here needs what those leave out: no presigned addresses, no lists, no batches.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from hpolab.errors import ConfigError, ObjectError
from hpolab.settings import s3_settings
from hpolab.storage._refusals import REPEATS, Kind, Refusal, explain
from hpolab.storage.objects import Parcel, arriving, check_key, describe

if TYPE_CHECKING:
    from hpolab.settings import S3Settings
    from hpolab.storage.bucket import Bucket

__all__ = ["S3Store"]

_CHUNK_BYTES = 2**20
_PART_BYTES = 64 * 2**20  # RunPod takes at most 500 MB at once
_SLOWEST_BYTES_PER_SECOND = 50_000
_LONGEST_WAIT_SECONDS = 30.0

_T = TypeVar("_T")


class S3Store:
    """A bucket, over boto3; any number of threads may use it.

    Args:
        bucket: Where it is.
        first_wait_seconds: Before the first repeat; each further wait is twice as long, and all
            of them vary by half, so that many clients do not come back at once.
        silence_seconds: How long the store may say nothing in the middle of something.
        attempts: How often boto3 itself sends a request that was refused for the moment.

    Raises:
        ConfigError: There are no keys, or boto3 is not installed.
    """

    def __init__(
        self,
        bucket: Bucket,
        *,
        first_wait_seconds: float = 1.0,
        silence_seconds: float = 60.0,
        attempts: int = 4,
    ) -> None:
        self._bucket = bucket.name
        self._where = f"the bucket {bucket.name} at {bucket.endpoint or 'AWS'}"
        self._first_wait = first_wait_seconds
        self._silence = silence_seconds
        self._client = _client(bucket, s3_settings(), silence_seconds, attempts)

    def __repr__(self) -> str:
        return f"<S3Store of {self._where}>"

    def upload(self, file: Path, key: str) -> Parcel:
        """Send a file, a large one in parts; its checksum stays with it as ``sha256``."""
        check_key(key)
        parcel = describe(file, key)
        self._patiently(key, "cannot be stored", lambda: self._send(file, parcel))
        return parcel

    def download(self, parcel: Parcel, file: Path) -> None:
        """Fetch an object; the file appears when it is whole and its checksum is right."""
        file.parent.mkdir(parents=True, exist_ok=True)
        with arriving(file) as temporary:
            self._patiently(
                parcel.key, "cannot be fetched", lambda: self._receive(parcel, temporary)
            )

    def holds(self, parcel: Parcel) -> bool:
        """Whether an object of that size is there, whose checksum was noted as it was stored."""
        return self._patiently(parcel.key, "cannot be looked up", lambda: self._has(parcel))

    def delete(self, key: str) -> None:
        """Remove an object; S3 does not mind when there is none."""
        check_key(key)
        self._patiently(
            key,
            "cannot be removed",
            lambda: self._client.delete_object(Bucket=self._bucket, Key=key),
        )

    def _patiently(self, key: str, trouble: str, act: Callable[[], _T]) -> _T:
        """Do something as often as its refusals are worth it."""
        refused: Counter[Kind] = Counter()
        while True:
            try:
                return act()
            except Exception as error:
                refusal = explain(error, where=self._where)
                refused[refusal.kind] += 1
                tries = refused.total()
                if refused[refusal.kind] > REPEATS[refusal.kind]:
                    told = f" ({tries} tries)" if tries > 1 else ""
                    raise ObjectError(f"{key} {trouble}: {refusal.sentence}{told}") from error
            longest = min(self._first_wait * 2 ** (tries - 1), _LONGEST_WAIT_SECONDS)
            time.sleep(longest * random.uniform(0.5, 1.0))

    def _send(self, file: Path, parcel: Parcel) -> None:
        from boto3.s3.transfer import TransferConfig

        self._client.upload_file(
            str(file),
            self._bucket,
            parcel.key,
            ExtraArgs={"Metadata": {"sha256": parcel.sha256}},
            Config=TransferConfig(
                multipart_threshold=_PART_BYTES, multipart_chunksize=_PART_BYTES, max_concurrency=4
            ),
        )
        stored = self._client.head_object(Bucket=self._bucket, Key=parcel.key)
        if stored["ContentLength"] != parcel.size:
            sizes = f"{stored['ContentLength']:,} of {parcel.size:,} bytes"
            raise Refusal("truncated", f"{self._where} kept {sizes}.")

    def _has(self, parcel: Parcel) -> bool:
        from botocore.exceptions import ClientError

        try:
            stored = self._client.head_object(Bucket=self._bucket, Key=parcel.key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return False
            raise
        noted = {name.lower(): value for name, value in stored["Metadata"].items()}
        size: int = stored["ContentLength"]
        return size == parcel.size and noted.get("sha256") == parcel.sha256

    def _receive(self, parcel: Parcel, file: Path) -> None:
        """One try to fetch; whatever came is compared with what was sent."""
        answer = self._client.get_object(Bucket=self._bucket, Key=parcel.key)
        digest, received = hashlib.sha256(), 0
        end = time.monotonic() + self._silence + parcel.size / _SLOWEST_BYTES_PER_SECOND
        with answer["Body"] as body, file.open("wb") as target:
            while chunk := body.read(_CHUNK_BYTES):
                received += len(chunk)
                if received > parcel.size:
                    break
                if time.monotonic() > end:
                    sizes = f"{received:,} of {parcel.size:,} bytes"
                    raise Refusal("slow", f"{self._where} is too slow: {sizes} in time.")
                digest.update(chunk)
                target.write(chunk)
        if received < parcel.size:
            sizes = f"{received:,} of {parcel.size:,} bytes"
            raise Refusal("truncated", f"only {sizes} are in {self._where}.")
        if received > parcel.size or digest.hexdigest() != parcel.sha256:
            raise Refusal(
                "altered", f"what is in {self._where} is not what its worker stored (checksum)."
            )


@lru_cache(maxsize=8)
def _client(bucket: Bucket, keys: S3Settings, silence_seconds: float, attempts: int) -> Any:
    """For all threads: to make one takes longer than a trial's parcel."""
    if keys.access_key_id is None or keys.secret_access_key is None:
        raise ConfigError(
            "the object store needs a key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the "
            "environment or in .env.",
            field="AWS_SECRET_ACCESS_KEY" if keys.access_key_id else "AWS_ACCESS_KEY_ID",
        )
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise ConfigError(
            "an object store needs boto3; install it with pip install 'hpolab[s3]'."
        ) from error
    return boto3.client(
        "s3",
        endpoint_url=bucket.endpoint or None,
        region_name=bucket.region or keys.default_region,
        aws_access_key_id=keys.access_key_id.get_secret_value(),
        aws_secret_access_key=keys.secret_access_key.get_secret_value(),
        aws_session_token=keys.session_token and keys.session_token.get_secret_value(),
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            # many that speak like S3 do not know its newer checksums
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=min(10.0, silence_seconds),
            read_timeout=silence_seconds,
            retries={"mode": "standard", "total_max_attempts": attempts},
        ),
    )


if TYPE_CHECKING:
    from hpolab.storage.objects import ObjectStore

    def _conforms(store: S3Store) -> ObjectStore:
        return store
