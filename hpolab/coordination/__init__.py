"""Running one sweep: the coordinator, and the parts it is made of."""

from __future__ import annotations
