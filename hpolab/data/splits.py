"""Stratified, seeded, disjoint splits.

Written out rather than taken from scikit-learn, whose stratified splits may leave a rare class
without any example in a small part; here each class is in each part, and the shares are otherwise
the same (a test compares them). It also spares every worker two seconds of import.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpolab.errors import ConfigError, DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpolab.data.dataset import Raw
    from hpolab.trial import DatasetSpec

    Indices = NDArray[np.int64]

__all__ = ["Split", "quotas", "split"]


class Split(NamedTuple):
    """Which examples go where, each part in a shuffled order."""

    train: Indices
    validation: Indices
    test: Indices


def split(raw: Raw, spec: DatasetSpec) -> Split:
    """Divide a source's examples.

    The source's own test part stays the test part; ``max_samples`` then limits the rest, and the
    test part in proportion. A source without one gives ``spec.test`` of its examples.

    Raises:
        DataError: There are fewer than two classes, or a class has too few examples.
        ConfigError: ``max_samples`` is too small for the number of classes.
    """
    rng = np.random.default_rng(spec.seed)
    groups = raw.groups if raw.groups is not None else np.arange(len(raw.y))
    own = np.arange(len(raw.y) - raw.n_test)
    test = np.arange(len(own), len(raw.y))
    least = 2 if raw.n_test else 3
    _check(raw, own, groups, least)
    if spec.max_samples is not None and spec.max_samples < len(own):
        share = spec.max_samples / len(own)
        own = _sample(raw, own, groups, spec.max_samples, least, rng)
        test = _thin(raw, test, share, rng)
    if not raw.n_test:
        own, test = _hold_out(raw, own, groups, spec.test, rng, leave=2)
    train, validation = _hold_out(raw, own, groups, spec.validation, rng, leave=1)
    return Split(*(rng.permutation(part) for part in (train, validation, test)))


def quotas(counts: Indices, n: int, least: int) -> Indices:
    """How many to take of each class for n in all: proportional, at least ``least`` of each.

    Largest remainders, as in elections by proportional representation.

    Args:
        counts: Examples of each class, shape (classes,), sum >= n.
        n: How many to take in all.
        least: At least so many of each class (or all, where it has fewer).
    """
    exact = counts * (n / max(1, counts.sum()))
    taken: Indices = np.maximum(np.floor(exact).astype(np.int64), np.minimum(least, counts))
    while taken.sum() > n and (taken > np.minimum(least, counts)).any():
        taken[np.argmax(taken - exact - 1e9 * (taken <= np.minimum(least, counts)))] -= 1
    while taken.sum() < n:
        taken[np.argmax(exact - taken - 1e9 * (taken >= counts))] += 1
    return taken


def _check(raw: Raw, own: Indices, groups: Indices, least: int) -> None:
    """Every class must have an example, or a group of them, for every part."""
    if len(raw.classes) < 2:
        names = ", ".join(raw.classes) or "none"
        raise DataError(f"at least two classes are needed, but there is only: {names}.")
    units = np.unique(np.stack([raw.y[own], groups[own]]), axis=1)[0]
    counts = np.bincount(units, minlength=len(raw.classes))
    few = np.flatnonzero(counts < least)
    if len(few):
        what = "examples" if raw.groups is None else "groups of near-duplicate examples"
        listed = ", ".join(f"{raw.classes[c]!r} has {counts[c]}" for c in few[:5])
        more = f" and {len(few) - 5} more classes" if len(few) > 5 else ""
        parts = "train and validation" if raw.n_test else "train, validation and test"
        raise DataError(
            f"class {listed}{more}: at least {least} {what} of each class are needed, one for "
            f"each of {parts}. Add some, or leave the class out."
        )


def _sample(
    raw: Raw, own: Indices, groups: Indices, n: int, least: int, rng: np.random.Generator
) -> Indices:
    """N of the examples, stratified, spread over as many groups as possible."""
    needed = least * len(raw.classes)
    if n < needed:
        raise ConfigError(
            f"{len(raw.classes)} classes need at least {least} examples each: give {needed} or "
            f"more (got {n}).",
            field="max_samples",
        )
    wanted = quotas(np.bincount(raw.y[own], minlength=len(raw.classes)), n, least)
    chosen = []
    for label, quota in enumerate(wanted):
        members = rng.permutation(own[raw.y[own] == label])
        members = members[np.argsort(_turn(groups[members]), kind="stable")]
        chosen.append(members[:quota])
    return np.concatenate(chosen)


def _turn(groups: Indices) -> Indices:
    """For each member, how many earlier members belong to its group."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(groups[order]) != 0])
    lengths = np.diff(np.r_[starts, len(groups)])
    turn = np.empty(len(groups), np.int64)
    turn[order] = np.arange(len(groups)) - np.repeat(starts, lengths)
    return turn


def _thin(raw: Raw, test: Indices, share: float, rng: np.random.Generator) -> Indices:
    """The same share of the source's own test part, stratified."""
    counts = np.bincount(raw.y[test], minlength=len(raw.classes))
    wanted = quotas(counts, math.ceil(share * len(test)), 1)
    parts = [
        rng.permutation(test[raw.y[test] == label])[:quota] for label, quota in enumerate(wanted)
    ]
    return np.concatenate(parts)


def _hold_out(
    raw: Raw, own: Indices, groups: Indices, share: float, rng: np.random.Generator, *, leave: int
) -> tuple[Indices, Indices]:
    """The rest and the held-out share, stratified, groups kept whole.

    At least ``leave`` groups of each class stay in the rest.
    """
    _, first, unit = np.unique(groups[own], return_index=True, return_inverse=True)
    labels = raw.y[own][first]  # a group shows one sign, one person, ...: one class
    counts = np.bincount(labels, minlength=len(raw.classes))
    wanted = quotas(counts, math.ceil(share * len(labels)), 1)
    held = np.zeros(len(labels), bool)
    for label, quota in enumerate(wanted):
        members = rng.permutation(np.flatnonzero(labels == label))
        held[members[: min(quota, len(members) - leave)]] = True
    return own[~held[unit]], own[held[unit]]
