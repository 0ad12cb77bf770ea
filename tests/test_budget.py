from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.budget import Budget
from hpolab.commands import Command
from hpolab.errors import ConfigError

COUNTS = st.integers(0, 10**6)
SECONDS = st.floats(0, 1e9)


def test_there_is_always_an_end() -> None:
    assert Budget().trials == 20
    with pytest.raises(ConfigError, match="a sweep must end"):
        Budget(trials=None)


@pytest.mark.parametrize(
    ("spent", "said"),
    [
        ((9, 59.9, 99), ""),
        ((10, 0.0, 0), "all 10 trials are done"),
        ((0, 60.0, 0), "its 60 seconds are used up"),
        ((0, 0.0, 100), "its 100 epochs are used up"),
        ((10, 60.0, 100), "all 10 trials are done"),
    ],
)
def test_the_first_limit_reached_is_named(spent: tuple[int, float, int], said: str) -> None:
    trials, seconds, epochs = spent

    budget = Budget(trials=10, seconds=60, epochs=100)

    assert budget.exhausted(trials=trials, seconds=seconds, epochs=epochs) == said


@given(trials=COUNTS, seconds=SECONDS, epochs=COUNTS)
def test_what_has_no_limit_is_never_used_up(trials: int, seconds: float, epochs: int) -> None:
    assert not Budget(trials=10**6 + 1).exhausted(trials=trials, seconds=seconds, epochs=epochs)


@given(trials=st.integers(1, 10**6), more=st.integers(1, 10**6), seconds=st.floats(1e-6, 1e9))
def test_an_extension_adds_to_limits_and_makes_none(
    trials: int, more: int, seconds: float
) -> None:
    budget = Budget(trials=trials, seconds=5)

    extended = budget.extended(Command(verb="extend", trials=more, seconds=seconds, epochs=3))

    assert (extended.trials, extended.seconds) == (trials + more, 5 + seconds)
    assert extended.epochs is None


def test_what_an_extension_cannot_add_to_is_named() -> None:
    more = Command(verb="extend", trials=1, seconds=5, epochs=3)

    assert Budget(trials=2).without_limit(more) == ["seconds", "epochs"]
    assert Budget(trials=2, seconds=1, epochs=1).without_limit(more) == []
    assert Budget(seconds=2).without_limit(Command(verb="extend", seconds=5)) == []


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"verb": "cancel"}, "trial"),
        ({"verb": "extend"}, "trials"),
        ({"verb": "extend", "trials": 0}, "trials"),
        ({"verb": "explore"}, "share"),
        ({"verb": "explore", "share": 1.1}, "share"),
        ({"verb": "halt"}, "verb"),
        ({"verb": "stop", "now": True}, "now"),
    ],
)
def test_a_wish_that_is_not_complete_is_refused(data: dict[str, object], field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Command.parse(data)

    assert caught.value.field == field
