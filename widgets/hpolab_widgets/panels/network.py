"""The network of a trial: its layers, how they are, and what becomes of an example in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from hpolab.errors import ConfigError, StoreError, did_you_mean
from hpolab.network import tinted
from hpolab.plots.network3d import draw_network3d
from hpolab.tracing import subject
from hpolab_widgets.charts import ChartPanel
from hpolab_widgets.networks import colours, pairs
from hpolab_widgets.networks.cards import card
from hpolab_widgets.networks.examples import example_of, offer, picked
from hpolab_widgets.networks.files import FILES, file_of
from hpolab_widgets.networks.showing import Pictures, Shown, given, neighbours, of_trial

if TYPE_CHECKING:
    import keras

    from hpolab.network import ArchitectureGraph, Picture
    from hpolab.network.passes import ForwardPass
    from hpolab.sweep import Sweep
    from hpolab.tracing import Tracer
    from hpolab_widgets.charts import Pen
    from hpolab_widgets.state import Source

__all__ = ["Network"]

_NO_TRIAL = "Open one of the cards in the gallery to look into its network."
_NO_SWEEP = "Start a sweep, then open a trial to look into its network."
_NO_MODEL = (
    "An example can be sent through the networks of trials: open a trial of a sweep that has "
    "kept its model."
)
_MODES = ("layers", "example", "space")
_SPACE = "space"


class Network(ChartPanel, front="network", uses=("figures", "graph", "player")):
    """The network of ``lab.opened`` while ``lab.tab`` is "network"; alone, that of the best trial.

    Alone it also takes any Keras model, and the path of a .keras file or of an architecture.json.
    """

    watches = ("version", "weights", "opened", "compared", "tab", "page")

    colour = t.Unicode("kind", help="What colours say: a key of ``hpolab.network.tints``.").tag(
        sync=True
    )
    mode = t.Unicode("layers", help="What to see of it: see ``_MODES``.").tag(sync=True)
    chosen = t.Unicode(help="The box that a person reads about.").tag(sync=True)
    unfolded = t.Instance(frozenset, (), help="Names of the blocks that are open.")
    beside = t.Int(None, allow_none=True, help="The trial whose network stands beside it.")
    examples = t.Dict({"of": "", "items": []}, help="Validation examples.").tag(
        sync=True, told=True
    )
    trace = t.Dict({"of": ""}, help="What became of the last example.").tag(sync=True, told=True)

    def __init__(self, source: Source | keras.Model = None, **traits: Any) -> None:
        """A panel on a sweep, on the state of a lab, or on one network.

        Args:
            source: A Sweep, the path of a sweep folder, a LabState to share, a Keras model, the
                path of a .keras file or of an architecture.json; None for nothing yet.
            traits: Values of the panel's own traits.

        Raises:
            ConfigError: The model has no graph to be seen.
            StoreError: There is nothing at that path, or it cannot be read.
        """
        self._tracer: Tracer | None = None  # first: one that cannot be made is closed, too
        self._pictures = Pictures()
        self._passed: tuple[str, ForwardPass] | None = None
        self._given = given(source)
        super().__init__(None if self._given else source, **traits)

    def close(self) -> None:
        """Leave the page; the process that sends examples through networks ends."""
        if self._tracer is not None:
            self._tracer.close()
        super().close()

    def draw(self) -> dict[str, Any]:
        """The network, laid out and coloured, and the facts of the layer that is chosen."""
        if not self._is_seen():
            return {}
        try:
            shown = self._shown()
        except StoreError as error:
            return {"hint": str(error)}
        if shown is None:
            return {"hint": _NO_TRIAL if self.lab.sweep else _NO_SWEEP}
        drawn = self._picture(shown.graph)
        box = next((box for box in drawn.boxes if box.name == self.chosen), None)
        colour = colours.chosen_of(shown.graph, self.colour)
        view = {
            "hint": "",
            "of": self._name(shown),
            "title": shown.title,
            "summary": shown.summary,
            "picture": drawn.to_dict(),
            "tints": tinted(shown.graph, drawn, colour),
            "marks": {},
            "dies": pairs.dies(shown.graph),
            "colour": colour,
            "colours": colours.menu(shown.graph),
            "mode": self.mode if self.mode in _MODES else "layers",
            "chosen": box.name if box else "",
            "card": self._card(shown, box) if box else None,
            "files": [list(pair) for pair in FILES.items()],
            "neighbours": neighbours(shown.trial, self._ranked(), self._other_trial()),
            "beside": "-1",
            "other": None,
            "differences": [],
            "example": self._example(shown),
            "space": {
                "name": _SPACE,
                "title": "The network in space",
                "stamp": self._stamp(shown),
            },
        }
        return view | self._pair(shown, drawn)

    def stamp(self, name: str) -> str:
        """Which network, with which blocks open, in which colours.

        Raises:
            ConfigError: There is no such figure, or no network.
        """
        if name != _SPACE:
            raise ConfigError(f"there is no figure {name!r:.40}.")
        return self._stamp(self._needed())

    def pen(self, name: str) -> Pen:  # noqa: ARG002 - there is only one
        """Draws the network in space."""
        shown, unfolded = self._needed(), self.unfolded
        colour = colours.chosen_of(shown.graph, self.colour)
        return lambda: draw_network3d(shown.graph, by=colour, unfolded=unfolded)

    def wish_fold(self, name: Any) -> None:
        """Unfold a block, or fold it again."""
        if not isinstance(name, str):
            raise ConfigError("a block has a name; load the page again.")
        self.unfolded = self.unfolded ^ {name}

    def wish_diagnose(self, layer: Any) -> None:
        """Go to the figures of a layer."""
        shown = self._needed()
        if layer not in {each.name for each in shown.graph.layers}:
            raise ConfigError(f"there is no layer {layer!r:.40}.")
        self.lab.layer, self.lab.tab = layer, "diagnostics"

    def wish_beside(self, trial: Any) -> None:
        """Put the network of another trial beside this one; of a negative number, of none."""
        if isinstance(trial, bool) or not isinstance(trial, int):
            raise ConfigError(f"there is no trial {trial!r:.20}.")
        if trial < 0 and self._compared() is not None:
            self.lab.compared = ()
        self.beside = trial if trial >= 0 else None

    def wish_examples(self) -> None:
        """Find validation examples to choose from."""
        sweep, shown = self._trial_needed()
        number, name = shown.trial, self._name(shown)
        assert number is not None

        def take(found: dict[str, Any]) -> None:
            self.examples = self.lab.host.presentable({"of": name, **found})

        self.aside("Reading examples", lambda: picked(sweep, number), take)

    def wish_show(
        self,
        *,
        validation: Any = None,
        text: Any = None,
        pixels: Any = None,
        rows: Any = None,
        columns: Any = None,
        channels: Any = None,
    ) -> None:
        """Send an example through the network: one of the validation part, a text, a picture."""
        example = example_of(
            validation=validation, text=text, pixels=pixels, shape=(rows, columns, channels)
        )
        sweep, shown = self._trial_needed()
        assert shown.trial is not None
        whose, name = subject(sweep, shown.trial), self._name(shown)

        def take(found: ForwardPass) -> None:
            shown = {"of": name, "validation": validation, "pass": found.to_view()}
            self._passed = (name, found)
            self.trace = self.lab.host.presentable(shown)

        words = "Sending the example through the network"
        tracer = self._tracer = self._tracer or self.lab.host.tracer()
        if tracer.pid is None:
            words = "Opening the network, which takes some seconds the first time"
        self.aside(words, lambda: tracer.ask(whose, example), take)

    def wish_download(self, what: Any) -> None:
        """Hand out the drawing as it is seen, or the network as data."""
        if what not in FILES:
            raise ConfigError(f"no such file: {what!r:.20}; {did_you_mean(str(what), FILES)}")
        shown = self._needed()
        drawn, stem = self._picture(shown.graph), shown.title.lower().replace(" ", "-")
        colour, passed = colours.chosen_of(shown.graph, self.colour), self._passed
        forward = passed[1] if passed and passed[0] == self._name(shown) else None
        self.aside(
            "Making the file",
            lambda: file_of(what, shown.graph, drawn, colour, forward),
            lambda made: self.download(f"{stem}-network.{what}", made.content, kind=made.kind),
        )

    def _is_seen(self) -> bool:
        lab = self.lab
        if self._given is not None or self._owns_lab:
            return True
        return lab.page == "sweep" and lab.tab == "network" and lab.opened is not None

    def _shown(self) -> Shown | None:
        """What is looked at, None where there is nothing.

        Raises:
            StoreError: The network of the trial cannot be shown.
        """
        if self._given is not None:
            return self._given
        if self.lab.sweep is None:
            return None
        number = self.lab.opened
        if number is None and self._owns_lab:
            number = next(iter(self._ranked()), None)
        return None if number is None else of_trial(self.lab.sweep.sweep, number)

    def _ranked(self) -> list[int]:
        return [int(number) for number in self.lab.ranking.numbers]

    def _needed(self) -> Shown:
        shown = self._shown()
        if shown is None:
            raise ConfigError("no network is shown; open a trial first.")
        return shown

    def _trial_needed(self) -> tuple[Sweep, Shown]:
        shown = self._needed()
        if shown.trial is None or self.lab.sweep is None:
            raise ConfigError(_NO_MODEL)
        return self.lab.sweep.sweep, shown

    def _name(self, shown: Shown) -> str:
        """Whose examples and traces are meant: they are of one network of one sweep."""
        sweep = self.lab.sweep.sweep.path.name if self.lab.sweep else ""
        return f"{sweep}/{shown.trial}"

    def _picture(self, graph: ArchitectureGraph) -> Picture:
        return self._pictures.of(graph, self.unfolded)

    def _stamp(self, shown: Shown) -> str:
        return f"{self._name(shown)} {id(shown.graph)} {self.colour} {sorted(self.unfolded)}"

    def _card(self, shown: Shown, box: Any) -> dict[str, Any]:
        facts = card(shown.graph, box)
        return facts | {"diagnosed": bool(facts["layer"]) and not self._owns_lab}

    def _example(self, shown: Shown) -> dict[str, Any]:
        if shown.trial is None or self.lab.sweep is None:
            return {"why": _NO_MODEL}
        if self.mode != "example":
            return {"why": ""}
        return offer(
            self.lab.sweep.sweep, shown.trial, shown.graph, uploads=self.lab.host.own_data
        )

    def _compared(self) -> int | None:
        """The other one of two trials that are compared."""
        others = [number for number in self.lab.compared if number != self.lab.opened]
        return others[0] if len(self.lab.compared) == 2 and len(others) == 1 else None

    def _other_trial(self) -> int | None:
        return self.beside if self.beside is not None else self._compared()

    def _pair(self, shown: Shown, drawn: Picture) -> dict[str, Any]:
        """What is added to the view where another network stands beside it."""
        number = self._other_trial()
        if self.lab.sweep is None or number is None or shown.trial in (None, number):
            return {}
        try:
            other = of_trial(self.lab.sweep.sweep, number)
        except StoreError as error:
            return {"differences": [{"tone": "gone", "words": str(error)}], "beside": str(number)}
        return {"beside": str(number)} | pairs.beside(
            pairs.Side(shown.title, shown.graph, drawn),
            pairs.Side(other.title, other.graph, self._picture(other.graph)),
            self.colour,
        )
