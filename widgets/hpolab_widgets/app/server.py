"""The app's server: Voilà with one notebook, our own page, and nothing from elsewhere."""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tornado.ioloop
from jupyter_server.utils import url_path_join
from traitlets.config import Config
from voila.app import Voila
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from hpolab.cli.console import console
from hpolab.page import variables
from hpolab.settings import app_settings, settings
from hpolab_widgets.app.handlers import Channels, Goodbye, Health, Missing, Page
from hpolab_widgets.app.keeper import stop_beyond
from hpolab_widgets.app.kernels import OwnKernel
from hpolab_widgets.visitors import remove_old

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Server", "notebook", "serve"]

_HERE = Path(__file__).parent
_TIDY_SECONDS = 3600.0
_KEEP_SECONDS = 10.0
_DEEPEST_SOCKETS = 103 - len("/voila_12345678/kernel-00000000-0000-0000-0000-000000000000-ipc-10")
_PING_MILLISECONDS = 30_000
"""How long a browser may be silent; Jupyter's default is longer than its pings are apart."""

_SHUTDOWN = "/voila/api/shutdown/"
_EXTENSIONS = [
    "anywidget",
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
]
"""What the page needs of all that may be installed for JupyterLab."""
_SORRY = "Something went wrong here; the log of the server says what. Load the page again."


def serve(
    *, port: int, host: str, base_url: str, opens_browser: bool, with_parent: bool = False
) -> None:
    """Serve the app until SIGINT or SIGTERM; every kernel ends with it, sweeps do not.

    Args:
        port: Where to listen; when it is taken, one nearby.
        host: The address to listen on; "localhost" for this machine alone.
        base_url: The path below which the app lives, for a proxy.
        opens_browser: Whether to open a browser at the page.
        with_parent: Whether to end when the standard input does, which the process that started
            this one holds open for as long as it lives.

    Raises:
        ConfigError: A setting breaks its rule.
    """
    app_settings(), settings()  # refused here rather than in every kernel
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    server = Server(config=_config(), port=port, ip=host, open_browser=opens_browser)
    server.base_url = "/" + "".join(f"{part}/" for part in base_url.split("/") if part)
    server.initialize([str(notebook())])
    if with_parent:
        threading.Thread(target=_end_with_parent, name="hpolab-parent", daemon=True).start()
    server.start()


def _end_with_parent() -> None:
    """End as SIGTERM does, kernels first, once whoever started this process is gone."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)  # a signal of this thread would not wake the loop


def notebook() -> Path:
    """The notebook that is served: beside the package in a wheel, in the checkout otherwise."""
    shipped = _HERE / "app.ipynb"
    return shipped if shipped.is_file() else _HERE.parents[2] / "notebooks" / "app.ipynb"


class Server(Voila):
    """Voilà with our page before its own, a health check, and words for who has started it."""

    config_file_paths: list[str] = []  # noqa: RUF012 - what was set up for other notebooks stays out

    def setup_template_dirs(self) -> None:
        """Look for a page's parts in our own folder first."""
        super().setup_template_dirs()
        self.template_paths.insert(0, str(_HERE / "template"))

    def init_settings(self) -> dict[str, Any]:
        """Voilà's settings, and the style sheet for pages of ours that are no notebook."""
        ours = {"hpolab_style": variables(), "ws_ping_timeout": _PING_MILLISECONDS}
        return {**super().init_settings(), **ours}

    def init_handlers(self) -> list[Any]:
        """Voilà's routes, with the page replaced and what we do not need refused."""
        *routes, (path, _, options) = super().init_handlers()
        base = self.server_url
        replaced = tuple(url_path_join(base, part) for part in ("/voila/files/", _SHUTDOWN))
        return [
            *(_safe(route) for route in routes if not route[0].startswith(replaced)),
            (url_path_join(base, f"{_SHUTDOWN}(.*)"), Goodbye),
            (url_path_join(base, "/health"), Health),
            (url_path_join(base, "/"), Page, options),
            (path, Missing),
        ]

    def listen(self) -> None:
        """Say where the app is, once it is there, and tidy up from time to time."""
        loop = tornado.ioloop.IOLoop.current()
        loop.add_callback(self._say_where)
        if app_settings().public:
            loop.add_callback(_tidy)
            tornado.ioloop.PeriodicCallback(_tidy, 1000 * _TIDY_SECONDS).start()
            tornado.ioloop.PeriodicCallback(_keep, 1000 * _KEEP_SECONDS).start()
        super().listen()

    def launch_browser(self) -> None:
        """Open a browser at the page; Voilà's own way forgets the base path."""
        threading.Thread(target=webbrowser.open, args=(self.connection_url,), daemon=True).start()

    def _say_where(self) -> None:
        console().print(f"The lab is at {self.display_url}    Ctrl-C ends it; sweeps go on.")


def _safe(route: tuple[Any, ...]) -> tuple[Any, ...]:
    """The route, with our own way of passing on what kernels say."""
    path, handler, *options = route
    return path, Channels if handler is VoilaKernelWebsocketHandler else handler, *options


def _keep() -> None:
    stop_beyond(settings().sweeps_dir, app_settings())


def _tidy() -> None:
    remove_old(settings().sweeps_dir, days=app_settings().keep_days)


def _has_room_for_sockets() -> bool:
    """Whether kernels can be reached by files that only their owner can open, on no port.

    The path of such a socket is short by rule (``sun_path`` of unix(7)), and Voilà places them
    in a folder of its own below the temporary one, which is deep on macOS.
    """
    is_windows = sys.platform == "win32"
    return not is_windows and len(os.fsencode(tempfile.gettempdir())) <= _DEEPEST_SOCKETS


def _config() -> Config:
    """Voilà's options. Kernels are started before somebody comes, which saves most of the wait."""
    idle = app_settings().idle_minutes * 60
    options: Mapping[str, Mapping[str, Any]] = {
        "Voila": {"log_level": logging.ERROR},
        "VoilaConfiguration": {
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "extension_allowlist": _EXTENSIONS,
            "file_allowlist": [],
            "kernel_spec_manager_class": OwnKernel,
            "multi_kernel_manager_class": "hpolab_widgets.app.kernels.Kernels",
            "preheat_kernel": True,
            "resources": {"hpolab": {"style": variables()}},
        },
        "VoilaExecutor": {"cell_error_instruction": _SORRY},
        "MappingKernelManager": {
            "cull_idle_timeout": max(1, int(idle)),
            "cull_interval": max(1, min(60, int(idle / 2))),
        },
        "KernelManager": {"transport": "ipc"} if _has_room_for_sockets() else {},
        # a page that opens takes in more at once than Jupyter lets a notebook print
        "ZMQChannelsWebsocketConnection": {"limit_rate": False},
    }
    return Config({name: dict(values) for name, values in options.items()})
