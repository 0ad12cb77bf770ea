"""A sweep told again: one HTML file that plays the search, with no server and no network.

``story`` reads the journal into compact data, ``page`` puts the data into a page. What the
reader's own weights make of the trials is computed in the browser, as hpolab.scoring would.
"""

from __future__ import annotations

from hpolab.replay.page import replay_html, write_replay
from hpolab.replay.story import story_of

__all__ = ["replay_html", "story_of", "write_replay"]
