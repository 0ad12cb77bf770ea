"""What the race panel finds out before it can draw: races on disk, and the user's function."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from hpolab.errors import HpolabError
from hpolab.race import Race
from hpolab.race.folder import find_races
from hpolab.race.landscape import landscape
from hpolab.sandbox import try_out

if TYPE_CHECKING:
    from hpolab.race import RaceConfig
    from hpolab.race.landscape import Landscape
    from hpolab.sandbox import OwnFunction
    from hpolab_widgets.hosting import Host

__all__ = ["attempted", "map_of", "newest_race"]

log = logging.getLogger(__name__)


def newest_race(host: Host) -> Race | None:
    """The host's race that was made last; a damaged one, or one in the making, is passed over."""
    for folder in reversed(find_races(host.races_dir)):
        try:
            race = Race.follow(folder.path)
            if race.record.config is not None:
                return race
        except HpolabError:
            log.warning("cannot open the race %s", folder.path.name, exc_info=True)
    return None


def attempted(function: OwnFunction) -> dict[str, Any]:
    """How trying a function out went, for the editor."""
    try:
        return {"problems": [], "value": float(f"{try_out(function):.6g}"), "is_tried": True}
    except HpolabError as error:
        problem = {"line": getattr(error, "line", None) or 0, "message": str(error)}
        return {"problems": [problem], "value": None, "is_tried": True}


def map_of(config: RaceConfig) -> Landscape | None:
    """The map; None where the user's function cannot be drawn, of which the race itself tells."""
    try:
        return landscape(config)
    except HpolabError:
        return None
