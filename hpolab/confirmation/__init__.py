"""Was the winner good, or lucky? The best trials, trained again under fresh seeds."""

from __future__ import annotations
