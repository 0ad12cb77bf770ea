"""The five calls of RunPod's HTTP API that trials need, with retries that the SDK does not have.

The platform's own client retries no POST and loses a failed job's error; see RunPod's API
reference for what is asked here (``/run``, ``/status``, ``/cancel``, ``/health``).
"""

from __future__ import annotations

import json
import random
import threading
import time
from typing import TYPE_CHECKING, Any

from hpolab.errors import ExecutorError

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

    from hpolab.executors.runpod_spec import RunPodSpec

__all__ = ["EndpointError", "JobGone", "RunPodClient"]

_ANSWER_SECONDS = 30.0
_CONNECT_SECONDS = 10.0
_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 15.0
_CONNECTIONS = 16


class EndpointError(ExecutorError):
    """The endpoint cannot be used: unknown, refused, unreachable for too long, without workers."""


class JobGone(Exception):
    """The platform does not know this job any more."""


class RunPodClient:
    """Talks to one endpoint; safe to use from many threads.

    What is answered by 429 or 5xx, or not at all, is asked again after a pause that doubles, with
    some chance in it, until the spec's patience is at an end.

    Args:
        spec: Which endpoint.
        key: What the platform knows us by; in no message and no repr.
    """

    def __init__(self, spec: RunPodSpec, key: str) -> None:
        import urllib3  # comes with TensorFlow's requests; 0.1 s that only remote sweeps pay

        self._base = f"{spec.url.rstrip('/')}/{spec.endpoint}"
        self._patience = spec.patience_seconds
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._pool = urllib3.PoolManager(
            maxsize=_CONNECTIONS,
            block=True,
            retries=False,
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_ANSWER_SECONDS),
        )
        self._is_closing = threading.Event()

    def run(self, body: Any) -> str:
        """Begin a job; its id.

        Raises:
            EndpointError: The endpoint does not take it.
        """
        answer = self._ask("POST", "run", body if callable(body) else lambda: body)
        return str(answer["id"])

    def status(self, job: str) -> dict[str, Any]:
        """What the platform says of a job.

        Raises:
            JobGone: It does not know it.
            EndpointError: It does not answer.
        """
        return self._ask("GET", f"status/{job}")

    def cancel(self, job: str, *, patiently: bool = True) -> None:
        """End a job; one that is over, or gone, is left alone.

        Raises:
            EndpointError: The endpoint does not answer.
        """
        try:
            self._ask("POST", f"cancel/{job}", lambda: {}, patience=None if patiently else 0.0)
        except JobGone:
            return

    def health(self) -> dict[str, int]:
        """How many workers the endpoint has, by what they do.

        Raises:
            EndpointError: It does not answer, or does not want us.
        """
        workers = self._ask("GET", "health").get("workers")
        known = workers if isinstance(workers, dict) else {}
        return {str(name): n for name, n in known.items() if isinstance(n, int)}

    def close(self) -> None:
        """Wait for nothing any more: what is being asked again fails at once."""
        self._is_closing.set()

    def _ask(
        self, method: str, path: str, body: Any = None, *, patience: float | None = None
    ) -> dict[str, Any]:
        """One request, again and again until it is answered."""
        end = time.monotonic() + (self._patience if patience is None else patience)
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return self._once(method, path, body)
            except _Refused as refused:
                wait = max(refused.wait, pause * random.uniform(0.5, 1.0))
                if time.monotonic() + wait > end or self._is_closing.wait(wait):
                    raise EndpointError(f"the endpoint {self._base} {refused}") from refused
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def _once(self, method: str, path: str, body: Any) -> dict[str, Any]:
        import urllib3

        sent = None if body is None else json.dumps(body()).encode()
        url = f"{self._base}/{path}"
        try:
            response = self._pool.request(
                method, url, body=sent, headers=self._headers, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise _Refused(f"cannot be reached: {_in_words(error)}") from error
        self._check(response.status, path.partition("/")[0], _retry_after(response))
        try:
            answer = json.loads(response.data)
        except ValueError as error:
            raise _Refused("answers what is no JSON") from error
        if not isinstance(answer, dict):
            raise _Refused("answers what is no JSON object")
        return answer

    def _check(self, status: int, operation: str, wait: float) -> None:
        """Say what an HTTP status means that is not a success."""
        if status in {401, 403}:
            raise EndpointError(
                f"{self._base} refuses the key ({status}); set RUNPOD_API_KEY to one that may use "
                "this endpoint, in the environment or in .env."
            )
        if status == 404 and operation in {"status", "cancel"}:
            raise JobGone
        if status == 404:
            raise EndpointError(
                f"there is no endpoint {self._base} (404); see executor.runpod.endpoint."
            )
        if status == 429 or status >= 500:
            raise _Refused(f"answers {status} again and again", wait)
        if status >= 300:
            raise EndpointError(f"{self._base}/{operation} answers {status}.")


class _Refused(Exception):
    """No answer this time; says why, and how many seconds to wait at least."""

    def __init__(self, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait


def _retry_after(response: BaseHTTPResponse) -> float:
    """How long the server asks us to wait, at most as long as we would at the longest."""
    said = response.headers.get("Retry-After", "")
    return min(float(said), _LONGEST_PAUSE_SECONDS) if said.isdigit() else 0.0


def _in_words(error: Exception) -> str:
    """An error of the connection, without the address of an object in memory."""
    import urllib3

    if isinstance(error, urllib3.exceptions.NameResolutionError):
        return "there is no such host"
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return "nobody listens there"
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return "it does not answer in time"
    cause = error.__context__
    return f"{type(error).__name__}" + (f" ({cause})" if isinstance(cause, OSError) else "")
