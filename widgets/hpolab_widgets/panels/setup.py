"""What a search is asked to do, for people who have never asked for one."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets as t

from hpolab.config import SweepConfig
from hpolab.data import catalogue
from hpolab.errors import ConfigError, DataError, HpolabError, did_you_mean
from hpolab.models import FAMILIES
from hpolab.storage.plain_yaml import parse_yaml
from hpolab_widgets.hosting import Host
from hpolab_widgets.panel import Panel
from hpolab_widgets.setup.background import answers
from hpolab_widgets.setup.checking import check, field_of, model_of, rule_of, space_of
from hpolab_widgets.setup.described import described, rows_of
from hpolab_widgets.setup.form import DEFAULTS, form_of, read, without, written_out
from hpolab_widgets.setup.parts import Size, parts_of
from hpolab_widgets.setup.presets import PRESETS, preset_of, with_dataset, with_preset
from hpolab_widgets.setup.speed import Speed, estimate
from hpolab_widgets.setup.written import as_python, as_yaml

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from hpolab_widgets.state import Source

__all__ = ["Setup"]

log = logging.getLogger(__name__)

_UNREAD: dict[str, Any] = {"state": "unread", "items": [], "speeds": [], "progress": None}
_LONGEST_YAML = 200_000
"""Characters of a pasted config; a long one has a few thousand."""

_TYPING_SECONDS = 0.6
"""A path that changes sooner is still being typed."""


class Setup(Panel, front="setup"):
    """A form for everything that SweepConfig asks; ``config`` is what it says.

    On a sweep of its own it starts from what that one was asked.
    """

    watches: ClassVar[tuple[str, ...]] = ("sweep",)

    form = t.Dict(help="What differs from the defaults; see ``hpolab_widgets.setup.form``.").tag(
        sync=True
    )
    known = t.Dict(help="Data sets, samplers and all else that can be chosen.").tag(
        sync=True, told=True
    )
    samples = t.Dict(help="What was read of the data set: examples, size, speeds.").tag(
        sync=True, told=True
    )
    starting = t.Bool(False, help="Whether data are made ready for a search to start.").tag(
        sync=True, told=True
    )

    def __init__(self, source: Source = None, **traits: Any) -> None:
        self._checked = check({}, host=Host())
        self._refused: tuple[dict[str, Any], dict[str, str]] = ({}, {})
        self._readings: dict[str, asyncio.Task[None]] = {}
        self._read = ""
        traits.setdefault("samples", dict(_UNREAD))
        super().__init__(source, **traits)
        is_own = self.lab is not source and self.lab.sweep is not None
        if is_own and "form" not in traits:
            self.wish_copy()
        self._list_datasets()

    @property
    def config(self) -> SweepConfig:
        """What the form asks for.

        Raises:
            ConfigError: Something in it is wrong; names the first such setting.
        """
        # what is on disk may have changed since the form did
        self._checked = check(self.form, host=self.lab.host, size=self._size())
        self.refresh()
        for field, rule in self._checked.errors.items():
            raise ConfigError(rule, field=field)
        return self._checked.rest

    def refresh(self) -> None:
        """Check the form, draw anew, and read samples where other data are asked for."""
        super().refresh()
        self._look()

    def draw(self) -> dict[str, Any]:
        """Errors beside their fields, the table of the space, the texts, and the estimate."""
        size = self._size()
        checked = self._checked = check(self.form, host=self.lab.host, size=size)
        config = checked.rest
        errors = checked.errors | (self._refused[1] if self._refused[0] == self.form else {})
        space = space_of(config)
        known = FAMILIES.get(model_of(config))
        n = space.size()
        return {
            "errors": errors,
            "notes": list(checked.notes),
            "preset": preset_of(config, size.examples if size else None),
            "model": model_of(config),
            "rows": rows_of(known.space if known else space),
            "is_own_model": known is None,
            "configurations": n if n < 1e15 else None,
            "yaml": "" if errors else as_yaml(config),
            "python": "" if errors else as_python(config),
            "parts": list(parts_of(config.dataset, size)) if size else [],
            "examples": size.examples if size else None,
            "estimate": self._estimate(config, size),
            "limits": config.hard_limits.to_dict(),
            "slots": config.executor.slots,
            "sweep": self.lab.sweep.sweep.path.name if self.lab.sweep else "",
        }

    def close(self) -> None:
        """Leave the page; what was being read is let go."""
        for task in self._readings.values():
            task.cancel()
        self._readings.clear()
        super().close()

    def wish_preset(self, name: object) -> None:
        """Make the search as long as a preset."""
        if not isinstance(name, str) or name not in PRESETS:
            raise ConfigError(f"no such length; {did_you_mean(str(name), PRESETS)}")
        size = self._size()
        self.form = with_preset(self.form, name, size.examples if size else None)

    def wish_dataset(self, name: object) -> None:
        """Search on another data set, as long as before."""
        names = [info["name"] for info in self.known["datasets"]]
        if not isinstance(name, str) or name not in names:
            raise ConfigError(f"no such data set; {did_you_mean(str(name), names)}")
        size = self._size()
        preset = preset_of(self._checked.rest, size.examples if size else None)
        info = next(info for info in self.known["datasets"] if info["name"] == name)
        self.form = with_dataset(self.form, name, preset=preset, examples=info.get("examples"))

    def wish_load(self, text: object) -> None:
        """Fill the form from a config file's text."""
        if not isinstance(text, str) or len(text) > _LONGEST_YAML:
            raise ConfigError("paste the text of a config file.")
        self.form = written_out(parse_yaml(text, named="this text"))
        if self._checked.config:
            self.form = form_of(self._checked.config)

    def wish_copy(self) -> None:
        """Fill the form with what the sweep that is shown was asked, its name aside."""
        if self.lab.sweep is None:
            raise ConfigError("no sweep is shown whose settings could be taken.")
        form = without(form_of(self.lab.sweep.config), "name")
        self.form = self.lab.host.presentable(form)

    def wish_weights(self) -> None:
        """Score by what the sliders say."""
        form = without(without(self.form, "weights"), "mode")
        self.form = form | form_of(SweepConfig(weights=self.lab.weights))

    def wish_clear(self) -> None:
        """Begin again from the defaults."""
        self.form = {}

    def wish_fetch(self) -> None:
        """Download the data set, and show samples of it."""
        config = self.config
        self._run("look", self._keep_looking(config, download=True))

    def wish_start(self) -> None:
        """Start the search, once its data are ready."""
        config = self.config
        if self.starting:
            return
        if self._run("start", self._start_when_ready(config)):
            return
        try:
            self.lab.start(config)
        except HpolabError as error:
            self._refuse(error)

    def _size(self) -> Size | None:
        """How much data there is: as read, or else as the catalogue says."""
        if size := self.samples.get("size"):
            return Size(*size)
        name = read(self.form, "dataset.name", DEFAULTS["dataset"]["name"])
        for info in self.known.get("datasets", []):
            if info["name"] == name and not info["own"]:
                return Size(info["examples"], info["test"])
        return None

    def _estimate(self, config: SweepConfig, size: Size | None) -> dict[str, Any] | None:
        speeds = [Speed(*speed) for speed in self.samples["speeds"]]
        examples = parts_of(config.dataset, size).train if size else None
        guess = estimate(config, examples=examples, speeds=speeds)
        return guess._asdict() if guess else None

    def _list_datasets(self) -> None:
        """Say what data sets there are, and which of them are here."""
        try:
            infos = catalogue()
        except DataError as error:
            infos, self.problem = [], self._in_words(error, "could not list data sets")
        offered = [info for info in infos if self.lab.host.offers(info.name)]
        self.known = self.lab.host.presentable(described(offered, own_data=self.lab.host.own_data))

    def _look(self) -> None:
        """Read samples of the data that are asked for, unless that is done or under way."""
        what = _what(self._checked.rest)
        if what == self._read:
            return
        config, self._read = self._checked.config, ""
        if config is not None and self._run("look", self._keep_looking(config)):
            self._read = what
        if self.samples != _UNREAD:
            self.samples = dict(_UNREAD)

    def _run(self, name: str, work: Coroutine[Any, Any, None]) -> bool:
        """Do something beside the kernel's other work, in place of the last of that name.

        Returns:
            Whether there is a loop to do it on.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            work.close()
            return False
        if last := self._readings.pop(name, None):
            last.cancel()
        self._readings[name] = task = loop.create_task(work)
        task.add_done_callback(_tell_of_failure)
        return True

    async def _keep_looking(self, config: SweepConfig, *, download: bool = False) -> None:
        if config.dataset.path is not None:
            await asyncio.sleep(_TYPING_SECONDS)
        self.samples = {**_UNREAD, "state": "reading"}
        order = {
            "dataset": config.dataset.to_dict(),
            "model": model_of(config),
            "sweeps_dir": str(self.lab.host.sweeps_dir.resolve()),
            "download": download,
        }
        async for said in answers(order):
            self.samples = {**self.samples, **self._news(said)}
        if download:
            self._list_datasets()

    async def _start_when_ready(self, config: SweepConfig) -> None:
        self.starting = True
        order = {"dataset": config.dataset.to_dict(), "prepare": True, "download": True}
        try:
            async for said in answers(order):
                if "progress" in said:
                    self.samples = {**self.samples, "progress": said["progress"]}
                elif "problem" in said:
                    raise ConfigError(said["problem"], field=said["field"])
            self.lab.start(config)
        except Exception as error:
            self._refuse(error)
        finally:
            self.starting = False

    def _refuse(self, error: Exception) -> None:
        """Say why the search was not started, beside the field where there is one."""
        self.problem = self._in_words(error, "could not start")
        if isinstance(error, HpolabError) and (field := field_of(error)):
            self._refused = (self.form, {field: rule_of(error)})
            self.refresh()

    def _news(self, said: dict[str, Any]) -> dict[str, Any]:
        """A line of the reader as what the front end is told."""
        if "absent" in said:
            return {"state": "absent"}
        if "problem" in said:
            problem = self.lab.host.worded(said["problem"])
            return {"state": "failed", "problem": problem, "progress": None}
        if "samples" in said:
            items = said.pop("samples")
            return {**said, "items": items, "state": "ready", "progress": None}
        return said


def _tell_of_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("the setup panel could not go on", exc_info=error)


def _what(config: SweepConfig) -> str:
    """What samples and speeds depend on."""
    spec = config.dataset
    return f"{spec.name} {spec.path} {spec.directory} {model_of(config)}"
