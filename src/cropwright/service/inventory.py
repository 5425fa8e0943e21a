"""Which pictures are there and which are still to be done, for more of them than memory holds."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from cropwright.core.formats import EXTENSIONS
from cropwright.service.bulk import Task
from cropwright.service.manifest import Record
from cropwright.storage.places import Item

_TABLES = """
create table items (name blob primary key, stem blob, size integer, version text) without rowid;
create table records (name blob primary key, version text, failed integer) without rowid;
"""
_OPEN = """
from items left join records using (name)
where records.name is null or records.version != items.version or (records.failed and ?)
"""
_TASKS = f"""
select items.name, size, items.version,
       (select count(*) from items as other where other.stem = items.stem) > 1,
       exists (select 1 from items as other where other.stem = items.name)
{_OPEN} order by items.name
"""  # noqa: S608  # our own words


class Inventory:
    """A table of a run's own, on disk where it is large; gone with the run. A context manager."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")  # a file without a name
        self._database.executescript(_TABLES)
        self.others = 0
        """Files that were no pictures by their names."""

    def __enter__(self) -> Inventory:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._database.close()

    def fill(self, items: Iterable[Item], records: Iterable[Record]) -> None:
        """Take in what lies in the source, and what earlier runs have written down."""
        pictures = (item for item in items if self._is_picture(item))
        self._database.executemany(
            "insert or replace into items values (?, ?, ?, ?)",
            ((_bytes(item.name), _stem(item.name), item.size, item.version) for item in pictures),
        )
        self._database.execute("create index stems on items (stem)")
        self._database.executemany(
            "insert or replace into records values (?, ?, ?)",
            ((_bytes(record.name), record.version, record.failed) for record in records),
        )

    def count(self) -> int:
        """All pictures that are there."""
        return self._one("select count(*) from items")

    def count_open(self, *, again: bool) -> int:
        """Those still to be done; `again` counts those that failed before."""
        return self._one(f"select count(*) {_OPEN}", again)  # our own words

    def count_failed(self) -> int:
        """Those that failed before and have not changed since."""
        return self.count_open(again=True) - self.count_open(again=False)

    def tasks(self, *, again: bool) -> Iterator[Task]:
        """Those still to be done, by name."""
        for name, size, version, twin, taken in self._database.execute(_TASKS, (again,)):
            yield Task(Item(os.fsdecode(name), size, version), bool(twin), bool(taken))

    def _is_picture(self, item: Item) -> bool:
        is_one = PurePosixPath(item.name).suffix.lower().lstrip(".") in EXTENSIONS
        self.others += not is_one
        return is_one

    def _one(self, words: str, *values: object) -> int:
        number: int = self._database.execute(words, values).fetchone()[0]
        return number


def _bytes(name: str) -> bytes:
    return os.fsencode(name)  # a file's name need not be text


def _stem(name: str) -> bytes:
    return _bytes(str(PurePosixPath(name).with_suffix("")))
