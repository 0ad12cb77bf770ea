"""Trials as panels show them: plain data for the front end, computed without a widget."""

from __future__ import annotations
