"""A RunPod worker whose training is a sleep: what remote_speedup.py starts several of."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from hpolab.executors.runpod_wire import Order, Outcome
from hpolab.testing.synthetic import train_run


async def sleep(job_input: dict[str, Any], seconds: float) -> dict[str, Any]:
    """An outcome of synthetic work after so many seconds."""
    order = Order.parse(job_input["order"])
    await asyncio.sleep(seconds)
    with tempfile.TemporaryDirectory() as folder:
        result = train_run(order.run.replace(folder=Path(folder)), lambda _: None)
    worker = os.environ.get("RUNPOD_POD_ID", "simulated")
    return Outcome(submission=order.submission, worker=worker, result=result).to_output()


if __name__ == "__main__":
    import runpod

    SECONDS = float(sys.argv.pop())

    async def handler(job: dict[str, Any]) -> dict[str, Any]:
        return await sleep(job["input"], SECONDS)

    runpod.serverless.start({"handler": handler})
