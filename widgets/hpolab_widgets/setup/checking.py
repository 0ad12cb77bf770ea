"""What is wrong with a form, field by field, without decoding data or starting anything."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from hpolab import search
from hpolab.config import SweepConfig
from hpolab.data import check as check_data
from hpolab.data import kind_of
from hpolab.data.known import KNOWN, OWN
from hpolab.errors import ConfigError, DataError, HpolabError
from hpolab.models import FAMILIES, check_sizes, family_for
from hpolab.preflight import check_batch
from hpolab.trial import DatasetSpec
from hpolab_widgets.setup.form import without_deepest
from hpolab_widgets.setup.parts import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from hpolab.space import SearchSpace
    from hpolab_widgets.hosting import Host
    from hpolab_widgets.setup.parts import Size

__all__ = ["Checked", "check", "field_of", "kind_asked", "model_of"]

_MOST_ERRORS = 30


class Checked(NamedTuple):
    """What a form asks for, and what is wrong with it.

    Attributes:
        config: None while something is wrong.
        errors: What is wrong, by the dotted path of the setting.
        notes: What a person should know although it works.
        rest: The config without what is wrong.
    """

    config: SweepConfig | None
    errors: dict[str, str]
    notes: tuple[str, ...]
    rest: SweepConfig


def check(form: Mapping[str, Any], *, host: Host, size: Size | None = None) -> Checked:
    """Everything that can be known to be wrong at once.

    Args:
        form: What differs from the defaults.
        host: What it allows.
        size: Of the data; None while it is not known.
    """
    errors: dict[str, str] = {}
    rest = _within_reach(_parsed(form, errors), host, errors)
    rest = _with_a_sound_space(rest, errors)
    notes: tuple[str, ...] = ()
    rules: tuple[Callable[[SweepConfig], object], ...] = (
        lambda config: _check_name(config, host),
        _check_dataset,
        _check_model,
        _check_search,
        _check_kernels,
        lambda config: _check_batches(config, size),
        host.check,
    )
    for rule in rules:
        try:
            said = rule(rest)
        except HpolabError as error:
            errors.setdefault(field_of(error), rule_of(error))
        else:
            notes += said if isinstance(said, tuple) else ()
    return Checked(None if errors else rest, errors, notes, rest)


def field_of(error: HpolabError) -> str:
    """Which setting an error is about."""
    if isinstance(error, ConfigError):
        return error.field
    return "dataset.name" if isinstance(error, DataError) else ""


def rule_of(error: HpolabError) -> str:
    """An error's words without the name of the setting."""
    return error.rule if isinstance(error, ConfigError) else str(error)


def kind_asked(spec: DatasetSpec) -> str:
    """Whether the data are images or texts, as far as that is known without much reading."""
    if spec.name in ("images", "texts"):
        return spec.name.removesuffix("s")
    try:
        return kind_of(spec)
    except HpolabError:  # said elsewhere
        return "image"


def model_of(config: SweepConfig) -> str:
    """The model's name, chosen by the kind of the data where it is left open."""
    return config.model or family_for(kind_asked(config.dataset)).name


def space_of(config: SweepConfig) -> SearchSpace:
    """What is searched, without listing the files of one's own data.

    Raises:
        SpaceError: An edit breaks a rule.
    """
    return config.replace(model=model_of(config)).search_space()


def _parsed(form: Mapping[str, Any], errors: dict[str, str]) -> SweepConfig:
    """The config without what breaks a rule; the first error of each setting is noted."""
    for _ in range(_MOST_ERRORS):
        try:
            return SweepConfig.parse(form)
        except ConfigError as error:
            errors.setdefault(error.field, error.rule)
            # the options beside a name that is not known are those of nobody
            smaller = without_deepest(form, error.field.removesuffix(".name"))
            if smaller == form:
                break
            form = smaller
    return SweepConfig()


def _within_reach(config: SweepConfig, host: Host, errors: dict[str, str]) -> SweepConfig:
    """The config without own data where these are not taken; what is there is not looked at."""
    spec = config.dataset
    if not host.own_data and (spec.name in OWN or spec.path or spec.directory):
        field = "path" if spec.path else "directory" if spec.directory else "name"
        errors.setdefault(f"dataset.{field}", "own data are not taken here.")
        config = config.replace(dataset=DatasetSpec())
    return config


def _with_a_sound_space(config: SweepConfig, errors: dict[str, str]) -> SweepConfig:
    """The config without edits that break a rule; without its model where none is left."""
    if config.model and config.model not in FAMILIES and ":" not in config.model:
        errors["model"] = f"there is no model {config.model!r}."
        config = config.replace(model="")
    for _ in range(_MOST_ERRORS):
        try:
            space_of(config)
        except ConfigError as error:
            errors.setdefault(error.field, error.rule)
            parameter = ".".join(error.field.split(".")[:2])
            smaller = without_deepest({"space": config.space}, parameter).get("space", {})
            if smaller == config.space:
                break
            config = config.replace(space=smaller)
        else:
            return config
    return config.replace(model="", space={})


def _check_name(config: SweepConfig, host: Host) -> None:
    if config.name and (host.sweeps_dir / config.name / "config.yaml").is_file():
        raise ConfigError("there is a sweep of that name; choose another.", field="name")


def _check_dataset(config: SweepConfig) -> None:
    spec = config.dataset
    try:
        if spec.name not in OWN:
            check_data(spec)
        elif spec.path is None:
            raise ConfigError("say where your data are.", field="path")
        elif not _exists(spec.path.expanduser()):
            raise ConfigError("there is nothing at that path.", field="path")
    except ConfigError as error:
        raise error.below("dataset") from error


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # no file can be called so
        return False


def _check_model(config: SweepConfig) -> None:
    family, kind = FAMILIES.get(config.model), kind_asked(config.dataset)
    if family is not None and family.kind != kind:
        raise ConfigError(
            f"{family.name} reads {family.kind}s, but {config.dataset.name} holds {kind}s; have "
            "the model chosen by the data.",
            field="model",
        )


def _check_search(config: SweepConfig) -> tuple[str, ...]:
    asked = config.replace(name="", dataset=DatasetSpec(), model=model_of(config))
    notes, problem = _search_checked(asked.to_json())
    if problem is not None:
        raise problem
    return notes


@lru_cache(maxsize=16)
def _search_checked(asked: str) -> tuple[tuple[str, ...], ConfigError | None]:
    """Notes and what is wrong; remembered, because a large grid takes a second to list."""
    config = SweepConfig.parse(asked)
    space = config.search_space()
    try:
        notes = search.check(config.sampler, space, pruner=config.pruner, epochs=config.epochs)
    except ConfigError as error:
        return (), error
    return notes, None


def _check_kernels(config: SweepConfig) -> None:
    known = KNOWN.get(config.dataset.name)
    if known is not None and known.shape:
        try:
            check_sizes(model_of(config), space_of(config), input_shape=known.shape)
        except ConfigError as error:
            raise error.below("space") from error


def _check_batches(config: SweepConfig, size: Size | None) -> None:
    if size is not None:
        check_batch(space_of(config), n_train=parts_of(config.dataset, size).train)
