from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hpolab.cli.words import configuration, count, duration, fraction, sparkline, varying

values = st.one_of(
    st.booleans(), st.integers(0, 10**6), st.floats(1e-6, 1e6), st.sampled_from(["adam", "relu"])
)
names = st.sampled_from(
    ["learning_rate", "optimizer", "n_blocks", "batch_norm", "filters", "my_own", "another"]
)


@given(st.floats(0, 1))
def test_fraction_reads_back_as_the_rounded_number(value: float) -> None:
    assert abs(float(fraction(value)) - value) <= 0.0005 + 1e-9


@given(st.integers(0, 10**12))
def test_count_takes_at_most_five_characters_and_keeps_three_digits(number: int) -> None:
    written = count(number)
    assert len(written) <= 5
    factor = {"k": 1e3, "M": 1e6, "G": 1e9}.get(written[-1], 1)
    shown = float(written.rstrip("kMG")) * factor
    assert abs(shown - number) <= 0.006 * number


@given(st.dictionaries(names, values), st.integers(1, 120))
def test_configuration_never_exceeds_its_width(params: dict[str, object], width: int) -> None:
    assert len(configuration(params, width=width)) <= width


def test_configuration_leads_with_what_says_most() -> None:
    params = {"batch_size": 32, "my_own": 3, "optimizer": "adam", "learning_rate": 0.001}
    assert configuration(params) == "lr 0.001, adam, batch 32, my own 3"


def test_configuration_uses_the_singular_for_one() -> None:
    assert configuration({"n_blocks": 1, "filters": 11}) == "1 block, 11 filters"


def test_only_what_differs_tells_configurations_apart() -> None:
    assert varying([{"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}]) == {"b", "c"}
    assert varying([{"a": 1}]) == {"a"}


@given(st.lists(st.floats(0, 1), max_size=200), st.integers(1, 20))
def test_sparkline_fits_and_keeps_the_last_value(curve: list[float], width: int) -> None:
    bars = sparkline(curve, width=width)
    assert len(bars) <= width
    assert bool(bars) == bool(curve)


def test_sparkline_of_a_rising_curve_rises() -> None:
    bars = sparkline([i / 30 for i in range(30)], width=8)
    assert list(bars) == sorted(bars)
    assert bars[-1] == "█"


@given(st.integers(0, 10**6))
def test_duration_reads_back_as_the_seconds(seconds: int) -> None:
    total = 0
    for part in duration(seconds).split(":"):
        total = 60 * total + int(part)
    assert total == seconds
