"""Races: several algorithms side by side on one function, from many starts."""

from __future__ import annotations

from hpolab.race.config import FAMILIES, Contender, RaceConfig
from hpolab.race.race import Race

__all__ = ["FAMILIES", "Contender", "Race", "RaceConfig"]
