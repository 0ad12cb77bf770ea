"""Stands between a client and a real HTTP server, and breaks what it is told to, for tests.

The requests reach the server with the host that the client has signed, so that signatures hold.
"""

from __future__ import annotations

import http.client
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

__all__ = ["Fault", "FaultProxy", "fault_proxy"]

Fault = Literal[
    "503", "500", "403", "404", "truncated", "cut", "longer", "altered", "silent", "slow", "reset"
]
"""What becomes of a request.

503, 500, 403, 404   an answer of that status, with S3's usual code; the server hears nothing
truncated            half of the body under the length of the whole, then the connection ends
cut                  half of the body, under its own length: the object itself was cut
longer               twice the body, under its own length
altered              one byte of the body is another
silent               the head of the answer, and then nothing until the client gives up
slow                 one byte every tenth of a second
reset                the connection is reset after half of the request's body
"""

_CODES: dict[str, str] = {
    "503": "SlowDown", "500": "InternalError", "403": "AccessDenied", "404": "NoSuchKey",
}  # fmt: skip
_SLOW_SECONDS = 0.1


class FaultProxy:
    """What it is told to break, and what it saw.

    Attributes:
        endpoint: Its address.
        seen: Method and path of each request, in the order of arrival.
        before: Called with both before a request is passed on.
    """

    def __init__(self, endpoint: str, target: str) -> None:
        self.endpoint = endpoint
        self.seen: list[tuple[str, str]] = []
        self.before: Callable[[str, str], object] = lambda _method, _path: None
        self.target = target
        self.closing = threading.Event()
        self._faults: list[tuple[str, Fault]] = []
        self._lock = threading.Lock()

    def fail(self, method: str, *faults: Fault) -> None:
        """Break the next requests of a method, one fault each."""
        with self._lock:
            self._faults += [(method, fault) for fault in faults]

    def heal(self) -> None:
        """Break nothing any more, and forget what was seen."""
        with self._lock:
            self._faults.clear()
            self.seen.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """What becomes of a request that has just come in."""
        with self._lock:
            self.seen.append((method, path))
            for place, (wanted, fault) in enumerate(self._faults):
                if wanted == method:
                    del self._faults[place]
                    return fault
        return None


@contextmanager
def fault_proxy(target: str) -> Iterator[FaultProxy]:
    """Listen on a free port of this machine alone, until the end of the block.

    Args:
        target: The server behind, as "http://127.0.0.1:9000".
    """

    class Handler(_Handler):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    proxy = FaultProxy(f"http://127.0.0.1:{server.server_port}", target)
    Handler.proxy = proxy
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    proxy: FaultProxy

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        fault = self.proxy.take(self.command, self.path)
        length = int(self.headers.get("Content-Length") or 0)
        if fault == "reset":
            self.rfile.read(length // 2)
            self._reset()
            return
        body = self.rfile.read(length)
        if fault in _CODES:
            code = _CODES[fault]
            self._answer(int(fault), {"Content-Type": "application/xml"}, _error(code))
            return
        self.proxy.before(self.command, self.path)
        try:
            status, headers, content = self._forward(body)
        except OSError:  # the server is gone
            self._reset()
            return
        with suppress(OSError):  # a client that has given up
            self._answer_broken(fault, status, headers, content)

    def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        where = urlsplit(self.proxy.target)
        connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=60)
        try:
            connection.putrequest(
                self.command, self.path, skip_host=True, skip_accept_encoding=True
            )
            for name, value in self.headers.items():
                if name.lower() not in ("connection", "expect"):
                    connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            skipped = ("content-length", "connection", "transfer-encoding", "date", "server")
            headers = {k: v for k, v in answer.getheaders() if k.lower() not in skipped}
            if self.command == "HEAD":
                headers["Content-Length"] = answer.getheader("Content-Length") or "0"
            return answer.status, headers, answer.read()
        finally:
            connection.close()

    def _answer_broken(
        self, fault: Fault | None, status: int, headers: dict[str, str], content: bytes
    ) -> None:
        half = content[: len(content) // 2]
        if fault == "cut":
            content = half
        elif fault == "longer":
            content += content
        elif fault == "altered" and content:
            content = half + bytes([content[len(half)] ^ 1]) + content[len(half) + 1 :]
        if fault not in ("truncated", "silent", "slow"):
            self._answer(status, headers, content)
            return
        self._answer(status, headers | {"Content-Length": str(len(content))}, b"")
        self.close_connection = True
        if fault == "truncated":
            self.wfile.write(half)
        elif fault == "silent":
            self.proxy.closing.wait()
        else:
            for byte in content:
                self.wfile.write(bytes([byte]))
                if self.proxy.closing.wait(_SLOW_SECONDS):
                    break

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name in headers) and status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _reset(self) -> None:
        """End the connection without a word, as a router that has lost its state does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True
        self.rfile.close()


def _error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>as ordered</Message></Error>".encode()
