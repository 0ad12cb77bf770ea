"""Where objects lie that travel between machines: names only, never a key."""

from __future__ import annotations

from pydantic import Field

from hpolab.frozen import Frozen

__all__ = ["Bucket"]


class Bucket(Frozen):
    """A bucket of an S3-compatible store, and the part of it that is ours.

    Attributes:
        name: Of the bucket; a RunPod network volume's id.
        endpoint: Of the store, such as "https://s3api-eu-ro-1.runpod.io"; "" for Amazon's.
        region: Of the store; RunPod's are its data centers, such as "EU-RO-1". "" for the
            environment's.
        prefix: What every key of ours begins with.
    """

    name: str = Field(min_length=3)
    endpoint: str = Field(default="", pattern=r"^(https?://[^\s@]+)?$")
    region: str = ""
    prefix: str = Field(default="hpolab", pattern=r"^[\w.=-]+(/[\w.=-]+)*$")
