"""The chronicle: every fact is appended to the journal, folded into the record, and told on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Self

from hpolab.config import without_place
from hpolab.coordination.versions import versions
from hpolab.errors import ConfigError, DataError, StoreError
from hpolab.events import Noted, SweepContinued, SweepStarted
from hpolab.record import SweepRecord
from hpolab.storage.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from hpolab.config import SweepConfig
    from hpolab.events import Entry, Event
    from hpolab.storage.folder import SweepFolder

__all__ = ["Chronicle"]

log = logging.getLogger(__name__)


class Chronicle:
    """A journal that is open for writing, together with what it says.

    Attributes:
        record: The state of the sweep after everything that has been written.
        past: What the journal held when it was opened.
    """

    def __init__(self, path: Path, *, on_entry: Callable[[Entry], None] | None = None) -> None:
        """Get ready; the file is opened by ``with``.

        Args:
            path: The journal.
            on_entry: Told every entry as it is written; what it raises is logged, and it is not
                called again.
        """
        self.record = SweepRecord()
        self.past: list[Entry] = []
        self._path = path
        self._on_entry = on_entry

    def refuse_changes(
        self, folder: SweepFolder, config: SweepConfig, *, fingerprint: str
    ) -> None:
        """See that what is to be continued is what was begun; nothing is written.

        Args:
            folder: Where the sweep lives.
            config: What is asked now.
            fingerprint: Of the data as they are now.

        Raises:
            StoreError: There are results, but no story of how they came to be.
            ConfigError: Something else was asked then; names the setting.
            DataError: They are not the data that the story began with.
        """
        if self.record.config is None:
            if folder.has_results():
                raise StoreError(
                    f"{self._path} is empty, but {folder.trials} holds results that would be "
                    "overwritten; restore the journal from a copy, or start another sweep."
                )
            return
        asked, now = without_place(self.record.config), without_place(config)
        for name in asked:
            if asked[name] != now[name]:
                raise ConfigError(
                    f"{folder.config} has been changed since the sweep began, with "
                    f"{asked[name]!r:.80}; undo that, or start another sweep (`hpolab sweep "
                    f"{folder.name} --trials 10` adds to a budget).",
                    field=name,
                )
        if fingerprint != self.record.fingerprint:
            raise DataError(
                f"the data of {folder.name} have changed since it began, so its trials cannot be "
                "compared with new ones; restore the data, or start another sweep."
            )

    def begin(self, config: SweepConfig, fingerprint: str, *, notes: Iterable[str] = ()) -> None:
        """Write the first line of a new story, or that an old one is taken up again.

        Args:
            config: What is asked.
            fingerprint: Of the data as they are now.
            notes: What a person should know from the first line on.

        Raises:
            StoreError: The journal cannot be written.
        """
        if not self.past:
            start = SweepStarted(
                sweep=self._path.parent.name,
                config=config.to_dict(),
                fingerprint=fingerprint,
                versions=versions(),
            )
            self.write(start, durable=True)
            self.note(*notes)
            return
        self.write(SweepContinued(versions=versions()))

    def write(self, event: Event, *, durable: bool = False) -> None:
        """Write one fact down; it has reached the disk on return when ``durable``.

        Raises:
            StoreError: The journal cannot be written.
        """
        entry = self._journal.append(event, durable=durable)
        self.record.apply(entry)
        if self._on_entry is None:
            return
        try:
            self._on_entry(entry)
        except Exception:
            log.exception("an observer of %s failed and is dropped", self._path)
            self._on_entry = None

    def note(self, *messages: str) -> None:
        """Write down what a person should know.

        Raises:
            StoreError: The journal cannot be written.
        """
        for message in messages:
            self.write(Noted(message=message))

    def __enter__(self) -> Self:
        """Open the journal and read what it holds.

        Raises:
            StoreError: It cannot be read or written.
            JournalDamaged: One of its lines is no event.
        """
        self._journal = Journal(self._path)
        try:
            self.past = self._journal.entries
            self.record = SweepRecord.of(self.past)
            self.record.clock = self._journal.clock
        except BaseException:
            self._journal.close()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        """Close the journal; everything written is on disk."""
        self._journal.close()
