"""How a RunPod worker tells the platform how far its job is."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from hpolab.executors.runpod_wire import LATEST_EPOCHS, Progress

if TYPE_CHECKING:
    from hpolab.trial import EpochRecord

__all__ = ["relay"]

_logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 1.0
_LAST_MESSAGE_SECONDS = 10.0


@asynccontextmanager
async def relay(
    job: dict[str, Any], *, submission: str, worker: str
) -> AsyncIterator[Callable[[EpochRecord], None]]:
    """Gives a function that takes epochs; the platform is told of them once a second at most.

    This is what the SDK's ``progress_update`` sends. That sends it in a thread nobody can wait
    for, so that it may come after the job's result and show the job in progress for ever
    (runpod-python issue 250). Here one message is on its way at a time, and none when the block
    is over.
    """
    epochs: deque[EpochRecord] = deque(maxlen=LATEST_EPOCHS)
    has_news, sending = asyncio.Event(), asyncio.Lock()

    def tell(epoch: EpochRecord) -> None:
        epochs.append(epoch)
        has_news.set()

    async def send_all() -> None:
        from runpod.http_client import AsyncClientSession
        from runpod.serverless.modules.rp_http import send_result

        sequence = 0
        async with AsyncClientSession() as session:
            while await has_news.wait():
                has_news.clear()
                sequence += 1
                progress = Progress(
                    submission=submission, sequence=sequence, worker=worker, epochs=tuple(epochs)
                )
                message = {"status": "IN_PROGRESS", "output": progress.to_output()}
                async with sending:
                    await send_result(session, message, job)
                await asyncio.sleep(_PAUSE_SECONDS)

    task = asyncio.create_task(send_all())
    try:
        yield tell
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(sending.acquire(), _LAST_MESSAGE_SECONDS)
        task.cancel()
        (end,) = await asyncio.gather(task, return_exceptions=True)
        if isinstance(end, Exception):
            _logger.warning("the platform was not told how far the job is", exc_info=end)
