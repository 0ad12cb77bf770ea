"""``hpolab app``: the lab in a browser."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from typing import Annotated

import typer

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("app")(serve)


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where to listen.")] = 8866,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "localhost",
    base_url: Annotated[str, typer.Option(help="The path that a proxy serves it under.")] = "/",
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open it in a browser.")
    ] = True,
    public: Annotated[
        bool, typer.Option("--public", help="Strangers use it: the HPOLAB_APP_ limits hold.")
    ] = False,
) -> None:
    """Serve the lab as a web app. Ctrl-C ends it; sweeps that run go on."""
    _refuse_without_lab()
    command = _command(port, host, base_url) + ([] if browser else ["--no-browser"])
    # the server ends when the other end of this pipe closes, however this process ends
    process = subprocess.Popen(
        [*command, "--with-parent"], stdin=subprocess.PIPE, env=_environment(public=public)
    )
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            raise typer.Exit(process.wait())
        except KeyboardInterrupt:
            continue  # the server has had it too, and ends its kernels first


def _command(port: int, host: str, base_url: str) -> list[str]:
    """A process of its own: the engine does not know the lab that it serves."""
    command = [sys.executable, "-m", "hpolab_widgets.app", "--port", str(port)]
    return [*command, "--host", host, "--base-url", base_url]


def _environment(*, public: bool) -> dict[str, str]:
    return {**os.environ, **({"HPOLAB_APP_PUBLIC": "true"} if public else {})}


def _refuse_without_lab() -> None:
    from hpolab.errors import ConfigError

    missing = [name for name in ("voila", "anywidget", "ipywidgets") if find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"the app needs the extra `lab` ({', '.join(missing)} not found); install it with: "
            "pip install 'hpolab[lab]'"
        )
