"""All panels on one sweep, laid out on a few pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets

from hpolab_widgets.panels import (
    Analysis,
    Comparison,
    Contents,
    Diagnostics,
    Fold,
    Gallery,
    Navigation,
    Network,
    Playground,
    RaceTrack,
    RunControl,
    Setup,
    Sweeps,
    TrialView,
    WeightSliders,
)
from hpolab_widgets.panels.navigation import PAGES
from hpolab_widgets.state import LabState

if TYPE_CHECKING:
    from hpolab_widgets.panel import Panel
    from hpolab_widgets.state import Source

__all__ = ["Lab"]

_WATCHED = ["page", "opened", "compared", "tab"]
_TABS = ("network", "diagnostics")


class Lab(ipywidgets.VBox):
    """The whole lab: a sweep with its weights, trials and controls; a new one; all; the course.

    Panels are made when their page, or their tab, is first visited. They talk to
    each other through ``state`` alone; all that this class does is to show and to hide them.

    Attributes:
        parts: Which panels stand where. "run" is on top; "side" beside "main", or folded above it
            where there is no room; "compare" appears with two trials to compare; "trial" takes the
            place of "gallery" while a trial is open, with "network" or "diagnostics" below it on
            the tab of that name; "analysis", "setup", "sweeps", "course", "playground" and
            "evolution" are pages.
        state: What the panels share.
    """

    parts: ClassVar[Mapping[str, tuple[type[Panel], ...]]] = {
        "run": (RunControl,),
        "side": (WeightSliders,),
        "compare": (Comparison,),
        "gallery": (Gallery,),
        "trial": (TrialView,),
        "network": (Network,),
        "diagnostics": (Diagnostics,),
        "analysis": (Analysis, Gallery),
        "setup": (Setup,),
        "sweeps": (Sweeps,),
        "course": (Contents,),
        "playground": (Playground,),
        "evolution": (RaceTrack,),
    }

    children: tuple[Any, ...]
    _is_open = False

    def __init__(self, source: Source = None) -> None:
        """A lab on a sweep.

        Args:
            source: A Sweep, the path of a sweep folder, a LabState to share; None for no sweep.

        Raises:
            StoreError: There is no sweep at that path.
        """
        self.state = LabState.of(source)
        self._owns_state = self.state is not source
        self._boxes: dict[str, ipywidgets.Box] = {}
        super().__init__([Navigation(self.state)])
        self._is_open = True
        self.add_class("hpo-lab")
        self.state.observe(self._on_change, names=_WATCHED)
        self._arrange()

    def close(self) -> None:
        """Take the lab off the page, and stop following; a second time does nothing."""
        if not self._is_open:
            return
        self._is_open = False
        self.state.unobserve(self._on_change, names=_WATCHED)
        for widget in _all_below(self):
            widget.layout.close()
            widget.close()
        self._boxes.clear()
        if self._owns_state:
            self.state.close()
        self.layout.close()
        super().close()

    def _on_change(self, _: Any) -> None:
        self._arrange()

    def _arrange(self) -> None:
        """Show what belongs on the screen now, and hide the rest."""
        state = self.state
        if state.page not in self._boxes:
            make = self._sweep_page if state.page == "sweep" else self._other_page
            self._boxes[state.page] = make(state.page)
            self.children = (*self.children, self._boxes[state.page])
        is_open = state.opened is not None
        shown = {page: page == state.page for page in PAGES}
        shown |= {"trial": is_open, "gallery": not is_open, "compare": len(state.compared) == 2}
        shown |= {tab: is_open and state.tab == tab for tab in _TABS}
        for name, is_shown in shown.items():
            if name not in self._boxes:
                continue
            box = self._boxes[name]
            if (is_shown or (is_open and name in _TABS)) and not box.children:
                box.children = tuple(panel(state) for panel in self.parts[name])
            box.layout.display = None if is_shown else "none"

    def _sweep_page(self, name: str) -> ipywidgets.Box:
        side = self._box("side", Fold(self.state, title="Weights"))
        for tab in _TABS:
            self._boxes[tab] = _box([], tab)
        parts = [self._box("compare"), self._box("trial"), *(self._boxes[tab] for tab in _TABS)]
        main = _box([*parts, self._box("gallery")], "main")
        return _box([self._box("run"), side, main], name, "hpo-lab-page")

    def _other_page(self, name: str) -> ipywidgets.Box:
        return _box([panel(self.state) for panel in self.parts[name]], name, "hpo-lab-page")

    def _box(self, name: str, *before: Panel) -> ipywidgets.Box:
        self._boxes[name] = _box(
            [*before, *(panel(self.state) for panel in self.parts[name])], name
        )
        return self._boxes[name]


def _box(children: list[Any], name: str, *classes: str) -> ipywidgets.Box:
    box = ipywidgets.Box(children)
    for each in (f"hpo-lab-{name}", *classes):
        box.add_class(each)
    return box


def _all_below(box: ipywidgets.Box) -> list[ipywidgets.DOMWidget]:
    """Every widget in a box, those inside others first."""
    found: list[ipywidgets.DOMWidget] = []
    for child in box.children:
        found += _all_below(child) if isinstance(child, ipywidgets.Box) else []
        found.append(child)
    return found
