"""The lab as a web app: what its page shows, and the server that serves it."""

from __future__ import annotations

from hpolab_widgets.app.page import App

__all__ = ["App"]
