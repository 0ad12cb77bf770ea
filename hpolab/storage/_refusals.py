"""What an object store answers instead of the object: what it means, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal, NamedTuple

__all__ = ["REPEATS", "Kind", "Refusal", "explain"]

Kind = Literal[
    "missing", "no_bucket", "forbidden", "skewed", "throttled", "failing", "unreachable",
    "truncated", "altered", "slow", "odd",
]  # fmt: skip

REPEATS: Mapping[Kind, int] = {
    "missing": 4,  # a store may show an object only some time after it took it
    "no_bucket": 0,
    "forbidden": 0,
    "skewed": 0,
    "throttled": 5,
    "failing": 4,
    "unreachable": 4,
    "truncated": 3,
    "altered": 2,
    "slow": 1,
    "odd": 0,
}
"""How often each is tried again; what time cannot mend is not."""

_FORBIDDEN = {
    "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "403", "401",
    "InvalidToken", "AllAccessDisabled",
}  # fmt: skip
_THROTTLED = {"SlowDown", "RequestLimitExceeded", "Throttling", "TooManyRequests", "503", "429"}
_SKEW_SECONDS = 600


class Refusal(Exception):
    """Why an object did not come or go this time.

    Attributes:
        kind: Which of the causes.
        sentence: For the user, without the name of the object.
    """

    def __init__(self, kind: Kind, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence


class _Answer(NamedTuple):
    """An error answer of the store."""

    code: str
    status: int
    skew_seconds: float


def explain(error: BaseException, *, where: str) -> Refusal:
    """What an exception of boto3 means.

    Args:
        error: As it was raised; the cause may be further down its chain.
        where: The bucket and its store, to be named in the sentence.
    """
    from botocore import exceptions as boto

    if isinstance(error, Refusal):
        return error
    for cause in _chain(error):
        if isinstance(cause, boto.ClientError):
            return _explain_answer(_answer(cause.response), where)
        if isinstance(cause, boto.ReadTimeoutError | TimeoutError):
            return Refusal("slow", f"{where} fell silent in the middle.")
        if isinstance(cause, boto.ResponseStreamingError | boto.IncompleteReadError):
            return Refusal("truncated", f"{where} broke off in the middle.")
        if isinstance(cause, boto.HTTPClientError | boto.ConnectionError | ConnectionError):
            return Refusal("unreachable", f"{where} cannot be reached ({type(cause).__name__}).")
    if isinstance(error, OSError):
        why = error.strerror or error
        return Refusal("odd", f"the file beside it cannot be read or written here ({why}).")
    return Refusal("odd", f"{where} cannot be used: {type(error).__name__}: {error}.")


def _explain_answer(answer: _Answer, where: str) -> Refusal:
    code, status = answer.code, answer.status
    if code == "RequestTimeTooSkewed" or (status in (400, 403) and _is_skewed(answer)):
        minutes = round(answer.skew_seconds / 60)
        way = f"{abs(minutes)} minutes {'slow' if minutes > 0 else 'fast'}" if minutes else "wrong"
        return Refusal("skewed", f"{where} refuses us because this clock is {way}: set it.")
    if code == "NoSuchBucket":
        return Refusal("no_bucket", f"{where} does not exist: correct its name or its endpoint.")
    if code in _FORBIDDEN:
        return Refusal(
            "forbidden",
            f"{where} refuses us ({code}): check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and "
            "what that key may do.",
        )
    if status == 404:
        return Refusal("missing", f"it is not in {where}: it was removed, or is not shown yet.")
    if code in _THROTTLED:
        return Refusal("throttled", f"{where} asks to be spared ({code}): fewer at once.")
    if status >= 500:
        return Refusal("failing", f"{where} is out of order ({status}, {code}).")
    return Refusal("odd", f"{where} answers {status}, {code}.")


def _answer(response: Any) -> _Answer:
    about = response.get("ResponseMetadata", {})
    date = about.get("HTTPHeaders", {}).get("date", "")
    try:
        skew = (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        skew = 0.0
    code = str(response.get("Error", {}).get("Code", ""))
    return _Answer(code, int(about.get("HTTPStatusCode", 0)), skew)


def _is_skewed(answer: _Answer) -> bool:
    return abs(answer.skew_seconds) > _SKEW_SECONDS


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__
