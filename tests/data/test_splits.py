from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from hpolab.data.dataset import Raw
from hpolab.data.splits import quotas, split
from hpolab.errors import ConfigError, DataError
from hpolab.trial import DatasetSpec


def raw(labels: list[int], *, n_test: int = 0, groups: list[int] | None = None) -> Raw:
    y = np.array(labels, np.int32)
    return Raw(
        x=np.zeros((len(y), 1, 1, 1), np.uint8),
        y=y,
        classes=tuple(f"class {c}" for c in range(max(labels) + 1)),
        n_test=n_test,
        groups=None if groups is None else np.array(groups),
    )


counts = st.lists(st.integers(3, 60), min_size=2, max_size=6)
shares = st.floats(0.02, 0.5)


def labels_of(sizes: list[int]) -> list[int]:
    return [label for label, size in enumerate(sizes) for _ in range(size)]


@settings(max_examples=60)
@given(counts, shares, shares, st.integers(0, 5))
def test_parts_are_disjoint_complete_and_show_each_class(
    sizes: list[int], validation: float, test: float, seed: int
) -> None:
    source = raw(labels_of(sizes))

    parts = split(source, DatasetSpec(validation=validation, test=test, seed=seed))

    assert sorted(np.concatenate(parts).tolist()) == list(range(sum(sizes)))
    for part in parts:
        assert set(source.y[part].tolist()) == set(range(len(sizes)))


@settings(max_examples=60)
@given(st.lists(st.integers(30, 90), min_size=2, max_size=5), st.floats(0.1, 0.5))
def test_class_counts_are_those_of_scikit_learn(sizes: list[int], share: float) -> None:
    source = raw(labels_of(sizes))

    ours = split(source, DatasetSpec(test=share)).test
    theirs = train_test_split(np.arange(sum(sizes)), test_size=share, stratify=source.y)[1]

    assert len(ours) == len(theirs)
    difference = np.bincount(source.y[ours]) - np.bincount(source.y[theirs])
    assert abs(difference).max() <= 1


@given(counts, st.floats(0, 1), st.integers(0, 3))
def test_quotas_sum_to_what_is_asked_and_respect_the_classes(sizes, share, least) -> None:
    available = np.array(sizes)
    n = max(round(share * available.sum()), least * len(sizes))

    taken = quotas(available, n, least)

    assert taken.sum() == n
    assert (taken <= available).all()
    assert (taken >= least).all()


def test_the_same_seed_splits_alike_and_another_seed_otherwise() -> None:
    source = raw([0, 1] * 50)

    first, again, other = (split(source, DatasetSpec(seed=seed)) for seed in (3, 3, 4))

    assert first.train.tolist() == again.train.tolist()
    assert set(first.test.tolist()) != set(other.test.tolist())


def test_the_sources_own_test_part_stays_the_test_part() -> None:
    parts = split(raw([0, 1] * 40, n_test=20), DatasetSpec(validation=0.25))

    assert sorted(parts.test.tolist()) == list(range(60, 80))
    assert len(parts.validation) == 15


def test_max_samples_limits_training_and_the_test_part_in_proportion() -> None:
    source = raw([0, 0, 0, 1] * 100, n_test=80)

    parts = split(source, DatasetSpec(max_samples=80))

    assert len(parts.train) + len(parts.validation) == 80
    assert len(parts.test) == 20
    assert parts.test.min() >= 320
    assert np.bincount(source.y[parts.test]).tolist() == [15, 5]


@settings(max_examples=20)
@given(st.integers(0, 20))
def test_frames_of_one_track_never_straddle_two_parts(seed: int) -> None:
    groups = [i // 7 for i in range(280)]
    source = raw([g % 4 for g in groups], groups=groups)

    parts = split(source, DatasetSpec(seed=seed, validation=0.2, test=0.2))

    tracks = [set((part // 7).tolist()) for part in parts]
    assert not tracks[0] & tracks[1]
    assert not tracks[0] & tracks[2]
    assert not tracks[1] & tracks[2]
    assert [len(t) for t in tracks] == [25, 7, 8]


def test_a_small_sample_takes_its_frames_from_many_tracks() -> None:
    groups = [i // 30 for i in range(240)]
    source = raw([g % 2 for g in groups], groups=groups)

    parts = split(source, DatasetSpec(max_samples=10, validation=0.2, test=0.2))

    tracks = {int(i) // 30 for part in parts for i in part}
    assert len(tracks) == 8


def test_a_class_with_too_few_examples_is_named_with_the_number_needed() -> None:
    with pytest.raises(DataError, match=r"'class 1' has 2: at least 3 examples"):
        split(raw([0] * 9 + [1] * 2), DatasetSpec())
    with pytest.raises(DataError, match="at least 2 groups of near-duplicate"):
        split(raw([0, 0, 1, 1, 0, 1], n_test=2, groups=[0, 1, 2, 2, 4, 5]), DatasetSpec())


def test_one_class_is_no_problem_to_learn() -> None:
    with pytest.raises(DataError, match="at least two classes"):
        split(raw([0] * 9), DatasetSpec())


def test_too_small_a_sample_says_how_many_the_classes_need() -> None:
    with pytest.raises(ConfigError, match=r"max_samples: 5 classes need at least 3.*give 15"):
        split(raw([0, 1, 2, 3, 4] * 20), DatasetSpec(max_samples=14))
