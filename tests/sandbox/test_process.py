"""What the asking side makes of answers that are none; the other side is a shell's script here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from hpolab.errors import ExecutorError
from hpolab.sandbox._process import Answer, Ended, Forged, SandboxProcess, Silent
from hpolab.sandbox.inside import wire

Start = Callable[..., SandboxProcess]


@pytest.fixture
def shell() -> Iterator[Start]:
    """A process that does what a line of shell says."""
    started: list[SandboxProcess] = []

    def start(script: str) -> SandboxProcess:
        started.append(SandboxProcess(["/bin/sh", "-c", script]))
        return started[-1]

    yield start
    for process in started:
        process.close()
        process.close()


def octal(data: bytes) -> str:
    return "".join(f"\\{byte:03o}" for byte in data)


def answer(kind: int, n_body: int, n_printed: int = 0, *, magic: bytes = wire.MAGIC) -> bytes:
    return wire.ANSWER.pack(magic, kind, 7, n_body, n_printed)


def ask(process: SandboxProcess, *, seconds: float = 60.0, question: bytes = b"?") -> Answer:
    deadline = time.monotonic() + seconds
    return process.ask(question, n_values=2, max_printed=10, deadline=deadline)


def says(data: bytes) -> str:
    """A script that reads a byte and then says this, in two parts."""
    middle = len(data) // 2
    parts = (data[:middle], data[middle:])
    return "head -c1 >/dev/null; " + "; ".join(f"printf '{octal(part)}'" for part in parts)


def test_an_answer_is_read_whole_however_it_comes(shell: Start) -> None:
    body = bytes(range(16))
    process = shell(says(answer(wire.VALUES, 16, 3) + body + b"abc") + "; sleep 100")
    assert ask(process) == Answer(wire.VALUES, 7, body, b"abc")


@pytest.mark.parametrize(
    "data",
    [
        b"x" * 20,
        answer(wire.VALUES, 16, magic=b"HTTP") + bytes(16),
        answer(0, 0),
        answer(5, 0),
        answer(255, 16) + bytes(16),
        answer(wire.VALUES, 8) + bytes(8),
        answer(wire.VALUES, 2**32 - 1),
        answer(wire.RAISED, 1001),
        answer(wire.VALUES, 16, 11) + bytes(27),
        answer(wire.VALUES, 16) + bytes(17),
    ],
    ids=lambda data: data[:12].hex(),
)
def test_whatever_else_is_said_is_no_answer(shell: Start, data: bytes) -> None:
    with pytest.raises(Forged):
        ask(shell(says(data) + "; sleep 100"))


def test_who_speaks_before_being_asked_is_not_heard(shell: Start) -> None:
    process = shell(f"printf '{octal(answer(wire.VALUES, 16) + bytes(16))}'; sleep 100")
    deadline = time.monotonic() + 60
    while not process._readable.poll(100) and time.monotonic() < deadline:
        pass
    with pytest.raises(Forged):
        ask(process)


def test_an_end_is_told_with_its_code_and_last_words(shell: Start) -> None:
    with pytest.raises(Ended) as caught:
        ask(shell("echo first >&2; echo last >&2; exit 3"))
    assert (caught.value.exit_code, caught.value.last_words) == (3, "last")
    with pytest.raises(Ended) as caught:
        ask(shell(says(answer(wire.VALUES, 16)) + "; kill -SEGV $$"))
    assert caught.value.exit_code == 128 + 11


@pytest.mark.parametrize("script", ["sleep 100", "head -c1 >/dev/null; printf half; sleep 100"])
def test_who_says_nothing_or_half_is_not_waited_for_long(shell: Start, script: str) -> None:
    with pytest.raises(Silent):
        ask(shell(script), seconds=0.2)


def test_who_does_not_listen_is_not_waited_for_either(shell: Start) -> None:
    with pytest.raises(Silent):
        ask(shell("sleep 100"), seconds=0.2, question=bytes(10**6))


def test_a_program_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ExecutorError, match="no process can be started"):
        SandboxProcess(["/no/such/program"])
