"""What goes to the child process and what comes back: JSON, never a pickle."""

from __future__ import annotations

import base64
import binascii
import math
from pathlib import Path
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from hpolab.errors import ConfigError
from hpolab.frozen import Frozen
from hpolab.models.spaces import SEQUENCE_LENGTH, VOCABULARY
from hpolab.network.passes import ForwardPass
from hpolab.trial import DatasetSpec

__all__ = ["MAX_LETTERS", "MAX_SIDE", "Example", "Question", "Reply", "Subject"]

MAX_SIDE = 512
MAX_LETTERS = 20_000
_CHANNELS = (1, 3)


class Example(Frozen):
    """What a network is to be shown: exactly one of a picture, a text, a validation example.

    Attributes:
        pixels: Base64 of uint8, outermost axis first; or nested lists of 0..255, which also say
            the shape. Resized to what the network reads.
        shape: (rows, columns) or (rows, columns, channels) with 1 or 3 channels; at most 512 a
            side.
        text: At most 20,000 characters; cut into words as the data set's texts are.
        validation: Place in the validation part of the network's data set.
    """

    pixels: str | None = None
    shape: tuple[int, ...] = ()
    text: str | None = Field(default=None, max_length=MAX_LETTERS)
    validation: int | None = Field(default=None, ge=0)

    @model_validator(mode="before")
    @classmethod
    def _pack_lists(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("pixels"), list | tuple):
            return data
        pixels, shape = _flat(data["pixels"])
        return {**data, "pixels": base64.b64encode(pixels).decode("ascii"), "shape": shape}

    @field_validator("shape")
    @classmethod
    def _is_a_picture(cls, shape: tuple[int, ...]) -> tuple[int, ...]:
        if not shape:
            return ()
        if len(shape) == 2:
            shape = (*shape, 1)
        if len(shape) != 3 or shape[2] not in _CHANNELS:
            raise ConfigError(
                "a picture has rows, columns and 1 or 3 channels, but this one has the shape "
                f"{shape[:4]}."
            )
        if not 1 <= min(shape[:2]) <= max(shape[:2]) <= MAX_SIDE:
            raise ConfigError(
                f"a picture has 1 to {MAX_SIDE} rows and columns, but this one has {shape[0]} and "
                f"{shape[1]}; make it smaller first."
            )
        return shape

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if sum(given is not None for given in (self.pixels, self.text, self.validation)) != 1:
            raise ConfigError(
                "show it pixels, a text or a validation example: exactly one of them."
            )
        if self.text is not None and not self.text.strip():
            raise ConfigError("write a few words first.", field="text")
        if (self.pixels is None) != (not self.shape):
            raise ConfigError("pixels and their shape belong together.", field="shape")
        if self.pixels is not None:
            _check_size(self.pixels, self.shape)
        return self


class Subject(Frozen):
    """The network that is looked into, and what it was trained on.

    Attributes:
        model: The .keras file.
        dataset: Whose validation part and words are meant; None where that is not known.
        fingerprint: Of the data it was trained on; empty where that is not known.
        length: Steps of a text that it reads, where the model does not say.
        vocabulary: Word ids that it tells apart.
        classes: Their names; empty where they are not known.
    """

    model: Path
    dataset: DatasetSpec | None = None
    fingerprint: str = ""
    length: int = Field(default=SEQUENCE_LENGTH, ge=1)
    vocabulary: int = Field(default=VOCABULARY, ge=4)
    classes: tuple[str, ...] = ()


class Question(Frozen):
    """Show this to that."""

    subject: Subject
    example: Example


class Reply(Frozen):
    """What came of a question; of the last two, one is empty.

    Attributes:
        rss_bytes: Resident memory of the process then; 0 where the system does not tell.
        forward: What happened.
        error: Why nothing did, for a person.
        kind: Which of our errors that is.
    """

    rss_bytes: int = 0
    forward: ForwardPass | None = None
    error: str = ""
    kind: str = ""


def _check_size(pixels: str, shape: tuple[int, ...]) -> None:
    expected = math.prod(shape)
    if len(pixels) <= 4 * (expected // 3 + 1):  # so that not more than that is decoded
        try:
            found = len(base64.b64decode(pixels, validate=True))
        except (binascii.Error, ValueError) as error:
            raise ConfigError(f"the pixels are no base64 ({error}).", field="pixels") from error
        if found == expected:
            return
    raise ConfigError(f"{expected} bytes are needed for the shape {shape}.", field="pixels")


def _flat(pixels: Any) -> tuple[bytes, tuple[int, ...]]:
    """Nested lists as bytes, and their shape.

    Raises:
        ConfigError: They are ragged, too many, or no whole numbers of 0..255.
    """
    shape: list[int] = []
    inner = pixels
    while isinstance(inner, list | tuple) and len(shape) < 4:
        shape.append(len(inner))
        inner = inner[0] if inner else None
    if math.prod(shape) > MAX_SIDE**2 * max(_CHANNELS):
        raise ConfigError(f"a picture has at most {MAX_SIDE} rows and columns.", field="pixels")
    values = [pixels]
    for length in shape:
        if any(not isinstance(row, list | tuple) or len(row) != length for row in values):
            raise ConfigError("all rows of a picture are equally long.", field="pixels")
        values = [value for row in values for value in row]
    if not all(type(value) is int and 0 <= value <= 255 for value in values):
        raise ConfigError("pixels are whole numbers of 0..255.", field="pixels")
    return bytes(values), tuple(shape)
