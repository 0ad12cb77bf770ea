from __future__ import annotations

import signal
import sys

import pytest

from hpolab.executors._launch import ForkLauncher
from hpolab.executors._wire import Frame, Setup
from hpolab.executors.ending import exit_in_words
from hpolab.testing.synthetic import WORK


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
def test_hundreds_of_short_lived_workers_do_not_clog_the_server():
    launcher = ForkLauncher(Setup(work=WORK))
    try:
        for _ in range(400):  # more reports of their ends than a socket's buffer holds
            launcher.launch(1).kill()
        last = launcher.launch(1)
        assert last.channel.poll(30)
        assert Frame.parse(last.channel.recv_bytes()).pid > 0
    finally:
        last.kill()
        launcher.close()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, "has gone away"),
        (3, "ended with exit code 3"),
        (-signal.SIGTERM, "was killed by signal 15 (SIGTERM)"),
        (-250, "was killed by signal 250"),
    ],
)
def test_an_exit_code_is_told_in_words(code, words):
    assert exit_in_words(code) == words


def test_a_kill_hints_at_a_want_of_memory():
    assert "memory" in exit_in_words(-signal.SIGKILL)
