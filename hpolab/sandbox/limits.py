"""What a function of the user's own may use."""

from __future__ import annotations

from pydantic import Field

from hpolab.frozen import Frozen

__all__ = ["Limits"]


class Limits(Frozen):
    """Limits of one process that computes a user's own function, from its start to its end.

    Attributes:
        memory_mb: Memory in MB (2**20 bytes), with what Python and numpy need, about 100.
        cpu_seconds: Processor time, all batches together.
        seconds: Time on the clock that one batch may take, however little is computed.
        output_kb: What may be printed, in kB (1024 bytes), all batches together.
    """

    memory_mb: int = Field(default=512, ge=128, le=65_536)
    cpu_seconds: float = Field(default=30.0, gt=0, le=86_400)
    seconds: float = Field(default=60.0, gt=0, le=86_400)
    output_kb: int = Field(default=64, ge=0, le=10_240)
