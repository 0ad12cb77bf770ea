"""What the app's server answers besides Voilà's own routes."""

from __future__ import annotations

from typing import Any

import tornado.web
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from hpolab.settings import app_settings, settings
from hpolab_widgets.visitors import running, running_in

__all__ = ["Channels", "Goodbye", "Health", "Missing", "Page"]

_PROTOCOL = "v1.kernel.websocket.jupyter.org"


class Health(tornado.web.RequestHandler):
    """Says that the server is well, and how much it has to do."""

    def get(self) -> None:
        """{"status": "ok", "sweeps": running, "kernels": open pages and those that wait}."""
        sweeps = settings().sweeps_dir
        self.set_header("Cache-Control", "no-store")
        self.write(
            {
                "status": "ok",
                "sweeps": running(sweeps) if app_settings().public else running_in(sweeps),
                "kernels": len(self.settings["kernel_manager"].list_kernel_ids()),
            }
        )


class Page(TornadoVoilaHandler):
    """The app's one page, as long as there is room for one more visit."""

    async def get(self, path: str | None = None) -> None:
        """The page; 503 when as many are open as the host allows."""
        chosen = app_settings()
        if chosen.public and len(self.kernel_manager.list_kernel_ids()) > chosen.visits:
            self.set_header("Retry-After", "60")
            raise tornado.web.HTTPError(503)
        await super().get(path)

    def write_error(self, status_code: int, **_: Any) -> None:
        """A page in words, without what went wrong inside."""
        _write_error(self, status_code)


class Channels(VoilaKernelWebsocketHandler):
    """What a page's kernel has to say.

    Voilà reads a binary message by Jupyter's newer protocol, whichever it is in. The older one is
    in use wherever the newer one was not agreed on, and Jupyter falls back on it for a page that
    has just gone: of such a message Voilà takes the first bytes for a length, which is then so
    large that the server never comes back from it, and fills all memory meanwhile.
    """

    def write_message(self, message: bytes | str | dict[str, Any], binary: bool = False) -> Any:
        """Pass a message on; one in the older protocol without Voilà's look into it."""
        is_open = self.ws_connection is not None
        if isinstance(message, bytes) and not (is_open and self.selected_subprotocol == _PROTOCOL):
            return KernelWebsocketHandler.write_message(self, message, binary)
        return super().write_message(message, binary)


class Goodbye(VoilaShutdownKernelHandler):
    """Ends the kernel of a page that is left."""

    def check_xsrf_cookie(self) -> None:
        """Not asked for: a page that goes cannot send it; the kernel's id is secret enough."""


class Missing(JupyterHandler):
    """Everything that is not here."""

    def get(self, _: str) -> None:
        """Refuse whatever was asked."""
        raise tornado.web.HTTPError(404)

    def write_error(self, status_code: int, **_: Any) -> None:
        """A page in words."""
        _write_error(self, status_code)


_WORDS = {
    404: ("There is nothing here", "The address may be mistyped."),
    503: ("All places are taken", "As many people use the lab as fit. Try again in a minute."),
}
_SORRY = ("That went wrong", "It is not your fault. Load the page again; trainings go on.")


def _write_error(handler: JupyterHandler, status_code: int) -> None:
    title, advice = _WORDS.get(status_code, _SORRY)
    template = handler.settings["voila_jinja2_env"].get_template("error.html")
    style = handler.settings["hpolab_style"]
    handler.set_header("Content-Type", "text/html; charset=UTF-8")
    handler.finish(template.render(title=title, advice=advice, style=style, home=handler.base_url))
