from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hpolab.commands import Command
from hpolab.config import SweepConfig
from hpolab.coordination.coordinator import Coordinator
from hpolab.events import (
    Entry,
    EpochEnded,
    Event,
    Noted,
    RunEvent,
    RunLost,
    RunStarted,
    SweepPaused,
    TrialStarted,
)
from hpolab.executors import HOLD, Handler
from hpolab.executors.inline import InlineExecutor
from hpolab.record import SweepRecord
from hpolab.storage.folder import SweepFolder
from hpolab.storage.journal import read_journal
from hpolab.testing.scripted import ScriptedExecutor, once, trained
from hpolab.testing.synthetic import WORK

MakeConfig = Callable[..., SweepConfig]
Coordinate = Callable[..., SweepRecord]


def events(path: Path) -> list[Event]:
    return [entry.event for entry in read_journal(path / "journal.jsonl")]


def kinds(path: Path) -> list[str]:
    return [event.kind for event in events(path)]


def test_a_pause_holds_the_running_trial_until_the_sweep_is_resumed(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    folder = SweepFolder(tmp_path / "s")

    def observe(entry: Entry) -> None:
        event = entry.event
        if isinstance(event, EpochEnded) and (event.trial, event.epoch.epoch) == (1, 1):
            folder.send(Command(verb="pause"))
        if isinstance(event, SweepPaused):
            folder.send(Command(verb="pause"))  # a second one changes nothing
            folder.send(Command(verb="resume"))

    config = make_config(space={"sleep": 0.02})
    record = coordinate(tmp_path / "s", config, on_entry=observe)

    story = kinds(tmp_path / "s")
    assert story.count("sweep_paused") == story.count("sweep_resumed") == 1
    paused, resumed = story.index("sweep_paused"), story.index("sweep_resumed")
    assert "trial_started" not in story[paused:resumed]
    assert record.state == "finished"
    assert len(record.ranked()) == 6
    assert [len(trial.epochs) for trial in record.trials.values()] == [3] * 6


def test_a_run_that_is_held_is_released_once(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    folder = SweepFolder(tmp_path / "s")
    executor = Holding(resume=lambda: folder.send(Command(verb="resume")))
    pause = once(
        lambda event: isinstance(event, RunStarted), lambda: folder.send(Command(verb="pause"))
    )

    record = coordinate(
        tmp_path / "s",
        make_config(budget=1, space={"sleep": 0.05}),
        executor=executor,
        on_entry=pause,
    )

    assert executor.n_held == 1
    assert record.trials[0].state == "completed"


class Holding(InlineExecutor):
    """The inline executor, calling back when a run is held."""

    def __init__(self, *, resume: Callable[[], None]) -> None:
        super().__init__(work=WORK)
        self.n_held = 0
        self._resume = resume

    def poll(self, handle: Handler, timeout: float) -> None:
        def count(event: RunEvent) -> Any:
            verdict = handle(event)
            if verdict is HOLD:
                self.n_held += 1
                self._resume()
            return verdict

        super().poll(count, timeout)


def test_a_paused_sweep_can_be_stopped_and_is_continued_unpaused(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    folder = SweepFolder(tmp_path / "s")

    def observe(entry: Entry) -> None:
        if isinstance(entry.event, EpochEnded) and entry.event.trial == 2:
            folder.send(Command(verb="pause"))
        if isinstance(entry.event, SweepPaused):
            folder.send(Command(verb="stop"))

    config = make_config(space={"sleep": 0.02})
    stopped = coordinate(tmp_path / "s", config, on_entry=observe)
    continued = coordinate(tmp_path / "s", config)

    assert (stopped.state, stopped.reason) == ("stopped", "stopped by command")
    assert stopped.trials[2].state == "waiting"
    assert continued.state == "finished"
    assert len(continued.ranked()) == 6


def test_a_running_trial_that_is_cancelled_ends_for_good_and_the_sweep_goes_on(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    folder = SweepFolder(tmp_path / "s")
    cancel = once(
        lambda event: isinstance(event, EpochEnded) and event.trial == 1,
        lambda: folder.send(Command(verb="cancel", trial=1)),
    )

    record = coordinate(tmp_path / "s", make_config(space={"sleep": 0.02}), on_entry=cancel)

    trial = record.trials[1]
    assert trial.ended is not None
    assert (trial.state, trial.ended.reason) == ("cancelled", "cancelled by command")
    assert record.state == "finished"
    assert len(record.ranked()) == 5


def test_a_trial_that_waits_can_be_cancelled(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    folder = SweepFolder(tmp_path / "s")
    config = make_config(budget=3)
    stop = once(
        lambda event: isinstance(event, RunStarted), lambda: folder.send(Command(verb="stop"))
    )
    coordinate(tmp_path / "s", config, on_entry=stop, executor=ScriptedExecutor(trained, slots=3))
    executor = ScriptedExecutor(trained)

    record = coordinate(
        tmp_path / "s", config, executor=executor, wishes=(Command(verb="cancel", trial=0),)
    )

    assert record.trials[0].state == "cancelled"
    assert 0 not in [spec.trial for spec in executor.submitted]


@pytest.mark.parametrize(
    ("trial", "said"), [(0, "trial 0 has already completed"), (77, "trial 77 does not exist yet")]
)
def test_cancelling_what_has_ended_or_was_never_there_is_noted(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate, trial: int, said: str
) -> None:
    config = make_config(budget=2)
    coordinate(tmp_path / "s", config)

    record = coordinate(tmp_path / "s", config, wishes=(Command(verb="cancel", trial=trial),))

    assert record.notes == [f"{said}; there is nothing to cancel"]


def test_a_cancelled_trial_whose_worker_is_lost_is_not_tried_again(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    class Forceful(ScriptedExecutor):
        def cancel(self, trial: int, stop: object, *, grace_seconds: float = 2.0) -> None:  # noqa: ARG002
            self._pending[trial] = [RunLost(trial=trial, attempt=1, reason="killed")]

    executor = Forceful(trained)
    folder = SweepFolder(tmp_path / "s")
    cancel = once(
        lambda event: isinstance(event, RunStarted),
        lambda: folder.send(Command(verb="cancel", trial=0)),
    )

    record = coordinate(tmp_path / "s", make_config(budget=2), executor=executor, on_entry=cancel)

    assert record.trials[0].state == "cancelled"
    assert [spec.trial for spec in executor.submitted] == [0, 1]


def test_stopping_leaves_the_fate_of_cancelled_trials_to_the_one_who_cancelled_them(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    folder = SweepFolder(tmp_path / "s")
    executor = ScriptedExecutor(trained, slots=2)

    def both() -> None:
        folder.send(Command(verb="cancel", trial=0))
        folder.send(Command(verb="stop"))

    observe = once(lambda e: isinstance(e, RunStarted) and e.trial == 0, both)
    record = coordinate(tmp_path / "s", make_config(budget=4), executor=executor, on_entry=observe)

    assert record.trials[0].state == "cancelled"
    assert record.trials[1].state == "waiting"
    assert executor.cancelled == [0, 1]


def test_a_running_sweep_is_extended_by_a_line_in_its_commands_file(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    folder = SweepFolder(tmp_path / "s")
    extend = once(
        lambda event: isinstance(event, TrialStarted),
        lambda: folder.send(Command(verb="extend", trials=2)),
    )

    record = coordinate(tmp_path / "s", make_config(budget=3), on_entry=extend)

    assert len(record.finished()) == 5
    assert kinds(tmp_path / "s").count("budget_extended") == 1


def test_a_damaged_command_is_noted_and_those_around_it_are_obeyed(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    commands = tmp_path / "s" / "commands.jsonl"
    lines = b'{"verb":"dance"}\n\xff\xfe\n\n{"verb":"extend","trials":1}\n[1]\n{"verb":"st'

    def scribble() -> None:
        commands.write_bytes(lines)

    record = coordinate(
        tmp_path / "s",
        make_config(budget=2),
        on_entry=once(lambda event: isinstance(event, TrialStarted), scribble),
    )

    notes = [event.message for event in events(tmp_path / "s") if isinstance(event, Noted)]
    assert len(notes) == 3
    assert all(note.startswith("not a command: ") for note in notes)
    assert "dance" in notes[0]
    assert len(record.finished()) == 3


def test_an_interrupt_stops_cleanly(tmp_path: Path, make_config: MakeConfig) -> None:
    config = make_config(space={"sleep": 0.02})
    folder = SweepFolder.create(tmp_path / "s", config.to_dict())
    coordinator = Coordinator(
        folder,
        config,
        executor=InlineExecutor(work=WORK),
        fingerprint="data",
        on_entry=once(lambda e: isinstance(e, EpochEnded) and e.trial == 1, lambda: interrupt()),
    )

    def interrupt() -> None:
        coordinator.interrupt()

    record = coordinator.run()

    assert (record.state, record.reason) == ("stopped", "stopped by hand")
    assert [trial.state for trial in record.trials.values()] == ["completed", "waiting"]


def test_an_extension_of_a_limit_that_is_not_there_is_noted_and_the_rest_is_granted(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    wishes = (Command(verb="extend", trials=1, seconds=5.0), Command(verb="extend", epochs=3))

    record = coordinate(tmp_path / "s", make_config(budget=2), wishes=wishes)

    assert len(record.finished()) == 3
    assert record.notes == [
        "the budget has no limit of seconds to add to; it has one of trials",
        "the budget has no limit of epochs to add to; it has one of trials",
    ]
    assert kinds(tmp_path / "s").count("budget_extended") == 1


def test_exploring_is_written_down_and_a_continued_sweep_goes_on_with_it(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config(budget=12, sampler={"name": "tpe", "n_startup_trials": 2})
    explore = (Command(verb="explore", share=0.5),)
    folder = SweepFolder(tmp_path / "s")
    stop = once(
        lambda event: isinstance(event, EpochEnded) and event.trial == 6,
        lambda: folder.send(Command(verb="stop")),
    )

    whole = coordinate(tmp_path / "u", config, wishes=explore)
    coordinate(tmp_path / "s", config, wishes=explore, on_entry=stop)
    record = coordinate(tmp_path / "s", config)
    plain = coordinate(tmp_path / "p", config)

    assert record.exploration == 0.5
    params = [[t.params for t in r.trials.values()] for r in (whole, record, plain)]
    assert params[0] == params[1] != params[2]


def test_exploring_with_a_sampler_that_does_not_learn_is_noted(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    wishes = (Command(verb="explore", share=0.5),)

    record = coordinate(tmp_path / "s", make_config(budget=1, sampler="qmc"), wishes=wishes)

    assert record.notes == ["exploring has no effect: the sampler qmc does not learn"]
    assert record.exploration == 0.0
