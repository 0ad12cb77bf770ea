"""What an examination says: a value per metric, where it was seen, and what to do about it."""

from __future__ import annotations

from pydantic import Field

from hpolab.frozen import Frozen

__all__ = ["HealthReport", "Metric", "VitalSigns"]

_NUMBERS_LOST = "Lower the learning rate: the numbers grew until they stopped being numbers."


class Metric(Frozen):
    """One of the six metrics, examined.

    Attributes:
        value: In [0, 1]; 1 is well.
        evidence: What was seen, in numbers and words ("41 of 64 units of conv2 are silent").
        layer: The layer that the evidence is about, where there is one.
        epoch: The epoch that the evidence is about, counted from 1, where there is one.
        advice: One sentence on what to try; empty unless the value is low.
    """

    value: float = Field(ge=0, le=1)
    evidence: str = ""
    layer: str | None = None
    epoch: int | None = None
    advice: str = ""

    @classmethod
    def numbers_lost(
        cls, what: str, *, layer: str | None = None, epoch: int | None = None
    ) -> Metric:
        """Zero, because a number that the metric is computed from is NaN or infinite.

        Args:
            what: The quantity, as the start of a sentence ("The training loss").
            layer: Where it was seen.
            epoch: When it was seen.
        """
        when = "" if epoch is None else f" in epoch {epoch}"
        where = "" if layer is None else f" of {layer}"
        return cls(
            value=0.0,
            evidence=f"{what}{where} is not a finite number{when}.",
            layer=layer,
            epoch=epoch,
            advice=_NUMBERS_LOST,
        )


class HealthReport(Frozen):
    """The metrics that apply to a trial, by name, in the order of scoring.METRICS.

    Attributes:
        metrics: Metrics that apply; one that does not is absent, never replaced by a number.
        partial: The trial ended early; the report speaks of what was recorded until then.
    """

    metrics: dict[str, Metric] = Field(default_factory=dict)
    partial: bool = False

    def values(self) -> dict[str, float]:
        """Metric values by name: what scoring takes."""
        return {name: metric.value for name, metric in self.metrics.items()}


class VitalSigns(Frozen):
    """The worst of one look at the network: what hard limits are held against.

    Attributes:
        layer: The hidden layer with the largest share of silent units; "" where there is none.
        silent: That share, in [0, 1]; silent is what ``neurons.alive`` denies.
        at_zero: Whether most of them always answer zero, rather than another constant.
        matrix: The weight matrix that the weakest gradient reaches; "" where there is none, or
            nothing is left to learn.
        elasticity: Relative change of the loss per relative change of that matrix.
    """

    layer: str = ""
    silent: float = Field(default=0.0, ge=0, le=1)
    at_zero: bool = False
    matrix: str = ""
    elasticity: float = Field(default=1.0, ge=0)
