"""How anyone gets the same search again: a config, a command, versions, and what stays open."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpolab.places import without_places
from hpolab.search import can_explore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hpolab.config import SweepConfig
    from hpolab.record import SweepRecord

__all__ = ["Repetition", "repetition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """What to type, and what to expect.

    Attributes:
        file: Name of the config file that the command reads.
        config: Its content, YAML.
        command: One line.
        seed: Of the search and of every training.
        versions: Of what was installed when the sweep began.
        caveats: Why the result may differ, or what has to be there.
    """

    file: str
    config: str
    command: str
    seed: int
    versions: Mapping[str, str]
    caveats: tuple[str, ...]


def repetition(
    config: SweepConfig, record: SweepRecord, *, name: str, versions: Mapping[str, str]
) -> Repetition:
    """How to repeat a sweep.

    Args:
        config: What was asked, extensions of the budget included.
        record: What came of it.
        name: Of the sweep.
        versions: Of what it ran on.
    """
    import yaml

    text = yaml.safe_dump(config.to_dict(), sort_keys=False, allow_unicode=True)
    told = without_places(text)
    file = f"{name}.yaml"
    return Repetition(
        file=file,
        config=told,
        command=f"hpolab sweep {shlex.quote(file)} --name {shlex.quote(f'{name}-again')}",
        seed=config.seed,
        versions=dict(versions),
        caveats=tuple(_caveats(config, record, has_places=told != text)),
    )


def _caveats(config: SweepConfig, record: SweepRecord, *, has_places: bool) -> list[str]:
    told = []
    if has_places:
        told.append("Put the places of your own files where the config has an ellipsis (…).")
    if ":" in config.model:
        told.append(f"The builder {config.model} has to be importable where the command runs.")
    if config.follows is not None:
        told.append("The sweep that it follows has to be there.")
    slots = config.executor.workers or (1 if config.executor.name == "inline" else None)
    if slots == 1:
        told.append(
            "One worker on a CPU gives the same trials bit for bit under the same versions."
        )
    elif can_explore(config.sampler) or config.pruner.name != "none":
        told.append(
            "Several workers trained at once: what is sampled and what is stopped early depends "
            "on which trials had ended by then. Each training depends on its configuration and "
            "seed alone."
        )
    if record.exploration:
        told.append("The share of random trials was changed while it ran; a repetition is not.")
    if config.budget.seconds is not None:
        told.append("It ends by the clock, so that a faster machine tries more.")
    return told
