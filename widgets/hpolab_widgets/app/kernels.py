"""The kernels behind the app's pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

__all__ = ["Kernels", "OwnKernel"]


class OwnKernel(KernelSpecManager):
    """Knows this Python alone: kernels that a user has installed may lack the lab."""

    def _kernel_dirs_default(self) -> list[str]:
        return []


class Kernels(AsyncMappingKernelManager):
    """Runs kernels where ``hpolab app`` was called, and keeps those that wait for a visitor."""

    def cwd_for_path(self, path: str, **options: Any) -> str:  # noqa: ARG002 - Jupyter's names
        """The server's own folder: there are its ``.env`` and its ``sweeps``."""
        return str(Path.cwd())

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel whose page is gone, but none that nobody has visited yet."""
        if kernel_id not in self._waiting():
            await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]

    def _waiting(self) -> set[str]:
        """The kernels of Voilà's pool, which mixes itself into this class."""
        tasks = [task for pool in getattr(self, "_pools", {}).values() for task in pool]
        ready = (task for task in tasks if task.done() and not task.cancelled())
        return {task.result()["kernel_id"] for task in ready if task.exception() is None}
