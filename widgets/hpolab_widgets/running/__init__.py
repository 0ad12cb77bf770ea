"""What the run panel says, computed from a sweep's state: no widget in here."""

from __future__ import annotations

from hpolab_widgets.running.logs import log_tails
from hpolab_widgets.running.pending import Pending, pending
from hpolab_widgets.running.view import actions, run_view

__all__ = ["Pending", "actions", "log_tails", "pending", "run_view"]
