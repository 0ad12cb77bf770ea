"""Wishes that are granted by the journal: more budget, more exploration, or why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.events import BudgetExtended, ExplorationChanged
from hpolab.search import can_explore

if TYPE_CHECKING:
    from hpolab.commands import Command
    from hpolab.coordination.chronicle import Chronicle
    from hpolab.search import Search

__all__ = ["explore", "extend"]


def extend(command: Command, chronicle: Chronicle) -> None:
    """Add to the budget's limits; one that it does not have cannot be added to.

    Raises:
        StoreError: The journal cannot be written.
    """
    budget = chronicle.record.budget
    if missing := budget.without_limit(command):
        limits = [name for name, limit in budget.to_dict().items() if limit is not None]
        chronicle.note(
            f"the budget has no limit of {' or '.join(missing)} to add to; "
            f"it has one of {' and '.join(limits)}"
        )
    extended = budget.extended(command)
    if extended != budget:
        chronicle.write(BudgetExtended(budget=extended))


def explore(command: Command, chronicle: Chronicle, *, search: Search) -> None:
    """Have a share of the trials to come drawn at random instead of proposed by the sampler.

    Raises:
        StoreError: The journal cannot be written.
    """
    assert command.share is not None  # the command refuses to be without one
    if not can_explore(search.sampler):
        name = search.sampler.name
        chronicle.note(f"exploring has no effect: the sampler {name} does not learn")
        return
    chronicle.write(ExplorationChanged(share=command.share))
    search.explore(command.share)
