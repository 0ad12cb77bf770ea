"""The health metrics in words, for people who meet them for the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MEANINGS"]

MEANINGS: Mapping[str, str] = {
    "neuron_utilisation": "Units that still react to the input.",
    "parameter_efficiency": "Skill for the number of weights.",
    "training_stability": "How rarely the loss jumps up.",
    "gradient_health": "Whether every layer can learn.",
    "convergence_quality": "How far and evenly the loss falls.",
    "accuracy_consistency": "Alike on all parts of the data.",
}
"""What each metric sees, short enough for one line of a narrow column."""
