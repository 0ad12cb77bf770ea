"""How to reach a RunPod endpoint, and what its jobs may take: names and numbers, never a key."""

from __future__ import annotations

from pydantic import Field

from hpolab.frozen import Frozen
from hpolab.storage.bucket import Bucket

__all__ = ["RunPodSpec"]


class RunPodSpec(Frozen):
    """An endpoint of RunPod's serverless platform whose workers run ``hpolab.runpod_handler``.

    The key comes from the environment or ``.env`` alone (RUNPOD_API_KEY), those of the bucket too
    (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).

    Attributes:
        endpoint: Its id, as its page in the console says.
        url: Of the platform's API.
        price_per_second: What a worker's second costs, in whatever currency you count; 0 for not
            counting. The console says it of the endpoint's kind of GPU.
        timeout_seconds: A job that trains for longer is ended by the platform.
        ttl_seconds: A job that is older than this vanishes from the platform, done or not.
        queue_seconds: A job may wait so long while the endpoint has no worker for it; then the
            endpoint is given up.
        patience_seconds: So long is an endpoint that does not answer asked again and again.
        bucket: Where workers leave models and recorded arrays; None keeps metrics alone.
        keep_objects: Leave them in the bucket when they have been fetched.
    """

    endpoint: str = Field(pattern=r"^[\w-]+$")
    url: str = Field(default="https://api.runpod.ai/v2", pattern=r"^https?://[^\s@?#]+$")
    price_per_second: float = Field(default=0.0, ge=0)
    timeout_seconds: float = Field(default=3600.0, ge=5, le=604_800)
    ttl_seconds: float = Field(default=86_400.0, ge=10, le=604_800)
    queue_seconds: float = Field(default=300.0, gt=0)
    patience_seconds: float = Field(default=60.0, ge=0)
    bucket: Bucket | None = None
    keep_objects: bool = False
