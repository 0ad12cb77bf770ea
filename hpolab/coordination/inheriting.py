"""Following another sweep: its trials become the first ones of this, scored under other weights.

Numbers are kept, so that samplers go on where they were, and trial 14 is trial 14 in both. What a
trial stored is linked or copied: the followed folder may go away once everything is told of.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hpolab.config import SweepConfig
from hpolab.errors import ConfigError, DataError, StoreError
from hpolab.events import SweepFollows, TrialInherited
from hpolab.record import SweepRecord
from hpolab.scoring import ScoringWeights
from hpolab.search import can_explore
from hpolab.storage.files import storing
from hpolab.storage.folder import SweepFolder
from hpolab.storage.journal import read_journal
from hpolab.storage.names import fresh_name, stem_of

if TYPE_CHECKING:
    from hpolab.coordination.chronicle import Chronicle
    from hpolab.record import TrialRecord
    from hpolab.search import Search

__all__ = ["Followed", "followed", "follower", "inherit"]

_SAME = ("dataset", "model", "space", "epochs", "sampler", "precision", "seed")
"""Settings that a trial's training and the next configuration depend on."""


class Followed(NamedTuple):
    """An ended sweep whose trials another one begins with."""

    folder: SweepFolder
    config: SweepConfig
    record: SweepRecord


def follower(
    config: SweepConfig, path: Path, *, weights: ScoringWeights, trials: int, name: str = ""
) -> SweepConfig:
    """What a sweep is asked that follows another one under weights of its own.

    Args:
        config, path: Of the one that is followed.
        weights: What counts from now on; accuracy alone is simple mode.
        trials: Budget, those of the other one included.
        name: "" takes the other one's and the time.
    """
    is_simple = weights == ScoringWeights.simple()
    return config.replace(
        name=name or fresh_name(stem_of(path.name)),
        mode="simple" if is_simple else "health-aware",
        weights=ScoringWeights() if is_simple else weights,
        budget=trials,
        follows=path.resolve(),
    )


def followed(config: SweepConfig, *, fingerprint: str) -> Followed:
    """The sweep that this config follows.

    Args:
        config: One that follows a sweep.
        fingerprint: Of the data that it names.

    Raises:
        ConfigError: There is no such sweep, it still runs, it was asked for something else, or
            the budget ends before it does.
        DataError: It was trained on other data.
    """
    assert config.follows is not None
    try:
        folder = SweepFolder.open(config.follows)
        there = Followed(
            folder,
            SweepConfig.stored(folder.read_config(), place=folder.config),
            SweepRecord.of(read_journal(folder.journal)),
        )
    except StoreError as error:
        raise ConfigError(str(error), field="follows") from error
    if folder.is_running():
        raise ConfigError(
            f"{folder.path} is still running; wait for its end, or stop it: hpolab stop "
            f"{folder.name}",
            field="follows",
        )
    _refuse_others(config, there.config, folder=folder)
    if fingerprint != (there.record.fingerprint or fingerprint):
        raise DataError(f"{folder.path} was trained on data that have changed since.")
    limit, n_trials = config.budget.trials, len(there.record.trials)
    if limit is not None and limit <= n_trials:
        raise ConfigError(
            f"`trials > those of the followed sweep` must hold, but got {limit} and {n_trials}; "
            f"they count in the budget: for 10 more, set it to {n_trials + 10}.",
            field="budget.trials",
        )
    return there


def inherit(
    ours: SweepFolder, config: SweepConfig, *, chronicle: Chronicle, search: Search
) -> None:
    """Begin with the trials of the followed sweep, if one is followed, or go on with that.

    Raises:
        ConfigError, DataError: See ``followed``.
        StoreError: A folder cannot be read or written; the sweep can be continued later.
    """
    if config.follows is None or chronicle.record.has_inherited:
        return
    there = followed(config, fingerprint=chronicle.record.fingerprint)
    if chronicle.record.follows is None:
        start = SweepFollows(
            sweep=there.folder.name,
            path=str(there.folder.path),
            trials=len(there.record.trials),
            weights=there.config.scoring,
        )
        chronicle.write(start, durable=True)
        chronicle.note(_in_words(start, config))
    assert chronicle.record.follows is not None
    last = chronicle.record.follows.trials - 1
    for number in range(len(chronicle.record.trials), last + 1):
        trial = there.record.trials[number]
        if trial.ended is not None:
            _adopt(there.folder.trial(number), ours.trial(number))
        event = _rescored(trial, config.scoring)
        chronicle.write(event, durable=number == last)
        search.replay([event])


def _refuse_others(ours: SweepConfig, theirs: SweepConfig, *, folder: SweepFolder) -> None:
    for name in _SAME:
        asked = getattr(theirs, name)
        if getattr(ours, name) != asked:
            raise ConfigError(
                f"{folder.path} was asked for something else here ({asked!r:.80}), so its trials "
                f"cannot stand beside new ones; copy {name} from its config.yaml, or leave "
                "follows out.",
                field=name,
            )


def _in_words(start: SweepFollows, config: SweepConfig) -> str:
    words = (
        f"it begins with the {start.trials} trials of {start.sweep}, sampled under other weights "
        "and scored anew under these; none is trained again"
    )
    if can_explore(config.sampler):
        return words
    return f"{words}. The sampler {config.sampler.name} does not learn from them"


def _rescored(trial: TrialRecord, weights: ScoringWeights) -> TrialInherited:
    """The trial under other weights; without a fate, only what was sampled."""
    about = {"trial": trial.number, "params": trial.params, "seed": trial.seed}
    ended = trial.ended
    if ended is None:
        return TrialInherited.parse(about)
    score = weights.score(ended.accuracy or 0.0, ended.metrics)
    total = score.total if ended.state == "completed" else None
    epochs = trial.epochs
    return TrialInherited.parse(
        about
        | {
            "epochs": epochs,
            "scores": [weights.score(e.val_accuracy, e.health).total for e in epochs],
            "ended": ended.replace(score=total, health=score.health),
        }
    )


def _adopt(theirs: Path, ours: Path) -> None:
    """Have what a trial stored here too, all of it or nothing."""
    if ours.exists() or not theirs.is_dir():
        return
    new = ours.with_name(f".{ours.name}.new")
    with storing(ours):
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(theirs, new, copy_function=_link_or_copy)
        new.rename(ours)


def _link_or_copy(source: str, target: str) -> None:
    """Share a file, which nobody changes any more; copy it where folders are on other disks."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
