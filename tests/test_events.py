from __future__ import annotations

import typing
from datetime import UTC, datetime

import pytest

from hpolab import events
from hpolab.budget import Budget
from hpolab.events import Entry, RunEvent
from hpolab.frozen import Frozen
from hpolab.scoring import ScoringWeights
from hpolab.trial import EpochRecord, RunResult

KINDS = [
    value
    for value in vars(events).values()
    if isinstance(value, type) and issubclass(value, Frozen) and "kind" in value.model_fields
]
EPOCH = EpochRecord(
    epoch=1, train_loss=None, train_accuracy=0.5, val_loss=1.0, val_accuracy=0.5,
    learning_rate=0.1, seconds=1.0,
)  # fmt: skip
FILLED = {
    "sweep": "s", "config": {}, "fingerprint": "f", "versions": {}, "budget": Budget(),
    "trial": 1, "params": {"a": True, "b": 1, "c": 1.0}, "seed": 0, "attempt": 1, "worker": "w1",
    "epoch": EPOCH, "reason": "r", "score": 0.5, "message": "m", "epochs": 1, "share": 0.5,
    "result": RunResult(state="failed"), "path": "p", "trials": 2, "weights": ScoringWeights(),
    "seconds": 1.5, "cost": 0.25,
}  # fmt: skip


def filled(kind: type[Frozen]) -> Frozen:
    state = {"SweepEnded": "stopped", "TrialEnded": "pruned"}.get(kind.__name__)
    known = {name: value for name, value in FILLED.items() if name in kind.model_fields}
    if kind is events.TrialInherited:
        known |= {"epochs": (EPOCH,), "scores": (0.5,), "ended": filled(events.TrialEnded)}
    return kind(**(known | ({"state": state} if state else {})))


def test_every_kind_of_event_is_documented_and_exported() -> None:
    for kind in KINDS:
        assert kind.__doc__, kind
        assert kind.__doc__ != Frozen.__doc__, kind
        assert kind.__name__ in events.__all__


def test_every_event_has_a_kind_of_its_own_named_like_its_class() -> None:
    for kind in KINDS:
        words = "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__)
        assert kind.model_fields["kind"].default == words.removeprefix("_")


def test_the_journal_holds_every_event_but_the_bulky_result_of_a_run() -> None:
    in_journal = set(typing.get_args(typing.get_args(events.Event)[0]))

    assert set(KINDS) - in_journal == {events.RunEnded}
    assert set(typing.get_args(RunEvent)) <= set(KINDS)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not events.RunEnded])
def test_an_entry_is_read_back_as_the_same_event(kind: type[Frozen]) -> None:
    entry = Entry(seq=3, utc=datetime(2030, 1, 2, 3, 4, 5, 678901, UTC), event=filled(kind))

    back = Entry.parse(entry.to_json())

    assert back == entry
    assert type(back.event) is kind
    assert repr(back.event) == repr(entry.event)
