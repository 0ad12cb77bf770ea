"""``python -m hpolab_widgets.app``: what ``hpolab app`` runs."""

from __future__ import annotations

import argparse
import sys

from hpolab.cli.console import complain
from hpolab.errors import HpolabError
from hpolab_widgets.app.server import serve


def main() -> int:
    """Serve the app until it is ended; returns the exit code."""
    parser = argparse.ArgumentParser(prog="hpolab app")
    parser.add_argument("--port", type=int, default=8866)
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--base-url", default="/")
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--with-parent", action="store_true")
    given = parser.parse_args()
    try:
        serve(
            port=given.port,
            host=given.host,
            base_url=given.base_url,
            opens_browser=not given.no_browser,
            with_parent=given.with_parent,
        )
    except HpolabError as error:
        complain(str(error))
        return 2
    return 0


sys.exit(main())
