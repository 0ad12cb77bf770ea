"""The child process: what it answers, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hpolab.errors import ConfigError, DataError, ExecutorError, StoreError
from hpolab.network.passes import ForwardPass, Shown
from hpolab.testing.processes import is_alive, wait_until_gone
from hpolab.tracing import Example, Places, Subject, Tracer

MAKERS = """
import os, signal, sys, time
from hpolab.errors import DataError
from hpolab.network.passes import ForwardPass, Shown

def prepare():
    return answer

def answer(question):
    text = question.example.text
    if text == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if text == "leave":
        print("it was too much", file=sys.stderr)
        os._exit(3)
    if text == "hang":
        time.sleep(100)
    if text == "refuse":
        raise DataError("not this one")
    if text == "fail":
        raise ZeroDivisionError("by zero")
    print("a framework's greeting")
    return ForwardPass(shown=Shown(words=(text or "", str(os.getpid()))), layers=())
"""
ANY = Subject(model=Path("model.keras"))


@pytest.fixture
def tracer_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Tracer]]:
    """A tracer whose child misbehaves when the text says so; it needs no TensorFlow."""
    (tmp_path / "makers.py").write_text(MAKERS)
    monkeypatch.syspath_prepend(tmp_path)
    made: list[Tracer] = []

    def make(**options: object) -> Tracer:
        made.append(Tracer(work="makers:prepare", **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for tracer in made:
        tracer.close()


def say(text: str) -> Example:
    return Example(text=text)


def test_the_child_stays_warm_and_its_prints_are_no_answers(
    tracer_of: Callable[..., Tracer],
) -> None:
    tracer = tracer_of()

    first, second = (tracer.ask(ANY, say(word)) for word in ("one", "two"))

    assert (first.shown.words[0], second.shown.words[0]) == ("one", "two")
    assert first.shown.words[1] == second.shown.words[1] == str(tracer.pid)
    assert tracer.rss_bytes > 0


def test_a_crash_is_told_and_the_next_question_starts_another(
    tracer_of: Callable[..., Tracer],
) -> None:
    tracer = tracer_of()

    with pytest.raises(ExecutorError, match="SIGKILL"):
        tracer.ask(ANY, say("crash"))
    with pytest.raises(ExecutorError, match=r"exit code 3; its last words: it was too much"):
        tracer.ask(ANY, say("leave"))

    assert tracer.ask(ANY, say("again")).shown.words[0] == "again"


def test_one_that_hangs_is_ended_and_the_next_question_starts_another(
    tracer_of: Callable[..., Tracer],
) -> None:
    tracer = tracer_of(timeout_seconds=3)
    tracer.ask(ANY, say("warm"))
    hanging = tracer.pid
    assert hanging is not None

    with pytest.raises(ExecutorError, match="no answer in 3 seconds"):
        tracer.ask(ANY, say("hang"))

    assert wait_until_gone([hanging], seconds=5) == []
    assert tracer.ask(ANY, say("again")).shown.words[0] == "again"


def test_one_that_is_stopped_does_not_hold_up_the_asker_of_a_large_question(
    tracer_of: Callable[..., Tracer],
) -> None:
    tracer = tracer_of(timeout_seconds=2)
    tracer.ask(ANY, say("warm"))
    assert tracer.pid is not None
    os.kill(tracer.pid, signal.SIGSTOP)

    with pytest.raises(ExecutorError, match="no answer"):
        tracer.ask(ANY, Example(pixels=[[0] * 512] * 512))


def test_errors_of_ours_come_back_as_such_and_others_in_words(
    tracer_of: Callable[..., Tracer],
) -> None:
    tracer = tracer_of()

    with pytest.raises(DataError, match=r"^not this one$"):
        tracer.ask(ANY, say("refuse"))
    with pytest.raises(DataError, match="ZeroDivisionError: by zero"):
        tracer.ask(ANY, say("fail"))


def test_it_ends_when_nobody_asks_and_starts_again_when_somebody_does(
    tracer_of: Callable[..., Tracer],
) -> None:
    tracer = tracer_of(idle_seconds=0.2)
    tracer.ask(ANY, say("one"))
    idle = tracer.pid
    if idle is not None:
        assert wait_until_gone([idle], seconds=5) == []

    assert tracer.ask(ANY, say("two")).shown.words[0] == "two"


def test_closing_ends_it_even_while_it_is_asked(tracer_of: Callable[..., Tracer]) -> None:
    tracer = tracer_of().start()
    tracer.ask(ANY, say("warm"))
    pid = tracer.pid
    assert pid is not None
    problems: list[str] = []

    def ask() -> None:
        try:
            tracer.ask(ANY, say("hang"))
        except ExecutorError as error:
            problems.append(str(error))

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.2)
    tracer.close()
    asking.join(10)

    assert len(problems) == 1
    assert not is_alive(pid)
    with pytest.raises(ExecutorError, match="closed"):
        tracer.ask(ANY, say("late"))


def test_questions_of_several_threads_get_their_own_answers(
    tracer_of: Callable[..., Tracer],
) -> None:
    tracer = tracer_of()
    words = [f"word{i}" for i in range(12)]
    heard: dict[str, ForwardPass] = {}

    def ask(word: str) -> None:
        heard[word] = tracer.ask(ANY, say(word))

    threads = [threading.Thread(target=ask, args=(word,)) for word in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert {word: answer.shown.words[0] for word, answer in heard.items()} == {w: w for w in words}


@pytest.mark.parametrize("state", ["waiting", "hanging"])
def test_it_ends_with_its_parent_however_that_ends(tmp_path: Path, state: str) -> None:
    (tmp_path / "makers.py").write_text(MAKERS)
    code = f"""
import sys, threading, time
from pathlib import Path
sys.path.insert(0, {str(tmp_path)!r})
from hpolab.tracing import Example, Places, Subject, Tracer
tracer = Tracer(work="makers:prepare")
subject = Subject(model=Path("model.keras"))
tracer.ask(subject, Example(text="warm"))
if {state == "hanging"}:
    threading.Thread(target=tracer.ask, args=(subject, Example(text="hang")), daemon=True).start()
    time.sleep(0.3)
print(tracer.pid, flush=True)
time.sleep(100)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()

    assert wait_until_gone([child], seconds=5) == []


def test_the_asker_loads_no_framework() -> None:
    code = (
        "import sys, hpolab.tracing; "
        "print({'tensorflow', 'keras', 'PIL', 'sklearn', 'optuna'} & set(sys.modules))"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "set()"


def test_a_pass_survives_the_way_between_processes() -> None:
    passes = ForwardPass(shown=Shown(words=("é", "")), layers=())

    assert ForwardPass.parse(passes.to_json()) == passes


def test_a_network_that_is_not_there_is_told(tmp_path: Path) -> None:
    from hpolab.tracing.answering import Answerer
    from hpolab.tracing.questions import Question

    subject = Subject(model=tmp_path / "none.keras")

    with pytest.raises(StoreError, match="no network"):
        Answerer()(Question(subject=subject, example=say("a")))


def test_no_more_processes_look_into_networks_than_there_are_places(
    tracer_of: Callable[..., Tracer], tmp_path: Path
) -> None:
    places = Places(tmp_path / "places", 1)
    first, second = tracer_of(places=places), tracer_of(places=places)
    first.ask(ANY, say("one"))

    with pytest.raises(ConfigError, match="as many networks are being looked into"):
        second.ask(ANY, say("two"))

    first.close()
    assert second.ask(ANY, say("two")).shown.words[0] == "two"
