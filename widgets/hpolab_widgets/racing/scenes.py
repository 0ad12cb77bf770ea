"""Populations on their map, as bytes for the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab_widgets.racing.shown import tone

if TYPE_CHECKING:
    from hpolab.race.config import RaceConfig
    from hpolab.race.landscape import Landscape
    from hpolab.race.record import RaceRecord

__all__ = ["scenes"]


def scenes(
    config: RaceConfig, record: RaceRecord | None, drawn: Landscape | None, *, name: str = ""
) -> dict[str, Any]:
    """The map, and who moves on it; empty without a map.

    Args:
        config: Of the race.
        record: What its journal says; None before there is a race.
        drawn: The map.
        name: Of the race: another name begins the film anew.
    """
    if drawn is None:
        return {}
    return {
        "name": name,
        "budget": config.scene_budget,
        "side": len(drawn.heights),
        "heights": drawn.heights.tobytes(),
        "bounds": [list(each) for each in drawn.bounds],
        "optimum": list(drawn.optimum) if drawn.optimum else None,
        "is_known": config.is_known,
        "films": [] if record is None else _films(config, record),
    }


def _films(config: RaceConfig, record: RaceRecord) -> list[dict[str, Any]]:
    films = []
    for each in record.scenes:
        contender = config.contenders[each.heat.contender]
        points = [point for frame in each.frames for point in frame.points]
        films.append(
            {
                "name": contender.name,
                "tone": tone(contender.algorithm),
                "state": each.state,
                "reason": each.ended.reason if each.ended else "",
                "at": [frame.evaluations for frame in each.frames],
                "errors": [float(f"{config.shown(frame.error):.3g}") for frame in each.frames],
                "sizes": [len(frame.points) // 2 for frame in each.frames],
                "points": np.array(points, dtype="<u2").tobytes(),
            }
        )
    return films
