"""What a config may say about a Dask cluster; reading this loads no Dask."""

from __future__ import annotations

from pydantic import Field, field_validator

from hpolab.errors import ConfigError
from hpolab.frozen import Frozen

__all__ = ["DaskSpec"]


class DaskSpec(Frozen):
    """Which Dask cluster trains.

    Attributes:
        address: Of its scheduler, such as "tcp://10.0.0.7:8786", or "tls://..." with the
            certificates that Dask's own configuration names; None starts a cluster of processes
            on this machine, which ends with the sweep.
        patience_seconds: How long a scheduler that has gone away, or a cluster without a worker,
            is waited for before the sweep stops.
    """

    address: str | None = None
    patience_seconds: float = Field(default=60.0, gt=0)

    @field_validator("address")
    @classmethod
    def _has_a_protocol(cls, address: str | None) -> str | None:
        protocol, found, place = (address or "").partition("://")
        if address is not None and not (protocol and found and place):
            raise ConfigError("an address has the form tcp://HOST:PORT, as `dask scheduler` says.")
        return address
