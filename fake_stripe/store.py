"""Everything the fake knows, in one SQLite file.

One connection, one lock, one transaction per request: objects, the idempotency record, the events
and the order log are committed together, so a kill -9 at any instant leaves a consistent file.
WAL with synchronous=NORMAL survives the death of the process (not the death of the machine, which
a test double does not need).
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Obj = dict[str, Any]

# Fields by which lists are filtered; copied into columns when they hold text.
FILTERS = (
    "customer",
    "payment_intent",
    "setup_intent",
    "transfer_group",
    "charge",
    "source",
    "source_transaction",
    "destination",
    "transfer",
    "type",
    "status",
)

TABLES = f"""
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS object (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  created INTEGER NOT NULL, due_at INTEGER, {", ".join(f"{name} TEXT" for name in FILTERS)},
  data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS object_kind ON object (kind, seq);
CREATE INDEX IF NOT EXISTS object_due ON object (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_customer ON object (customer, kind) WHERE customer IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_pi ON object (payment_intent, kind) WHERE payment_intent IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_group ON object (transfer_group, kind) WHERE transfer_group IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_charge ON object (charge, kind) WHERE charge IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_source ON object (source, kind) WHERE source IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_draws ON object (source_transaction) WHERE source_transaction IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_destination ON object (destination) WHERE destination IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_transfer ON object (transfer) WHERE transfer IS NOT NULL;
CREATE TABLE IF NOT EXISTS idempotency (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, path TEXT NOT NULL, status INTEGER NOT NULL,
  body BLOB NOT NULL, request_id TEXT NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery (
  event TEXT NOT NULL, endpoint TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  next_at REAL NOT NULL, state TEXT NOT NULL, PRIMARY KEY (event, endpoint));
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (state, next_at);
CREATE TABLE IF NOT EXISTS orders (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, method TEXT NOT NULL,
  path TEXT NOT NULL, key TEXT, params TEXT NOT NULL, status INTEGER NOT NULL, outcome TEXT NOT NULL,
  request_id TEXT NOT NULL, received_at REAL);
"""


class Store:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.RLock()
        self._kept: tuple[sqlite3.Connection, int] | None = None
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.executescript(TABLES)
        if "received_at" not in {row[1] for row in self.db.execute("PRAGMA table_info(orders)")}:
            self.db.execute("ALTER TABLE orders ADD COLUMN received_at REAL")  # a file of an earlier release

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Holds the lock; commits at the end, rolls back when anything is raised."""
        with self.lock:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    def close(self) -> None:
        with self.lock:
            self.db.close()

    # -- objects ---------------------------------------------------------------------------

    def insert(self, obj: Obj) -> Obj:
        """Keeps a new object; its `id`, `object` and `created` (Unix seconds, or `_created`) are set."""
        columns = ("id", "kind", "created", "due_at", *FILTERS, "data")
        marks = ", ".join("?" * len(columns))
        self.db.execute(
            f"INSERT INTO object ({', '.join(columns)}) VALUES ({marks})",
            (obj["id"], obj["object"], obj.get("_created", obj["created"]), *self._cells(obj)),
        )
        return obj

    def save(self, obj: Obj) -> Obj:
        columns = ", ".join(f"{name} = ?" for name in ("due_at", *FILTERS, "data"))
        self.db.execute(f"UPDATE object SET {columns} WHERE id = ?", (*self._cells(obj), obj["id"]))
        return obj

    def _cells(self, obj: Obj) -> list[Any]:
        cells: list[Any] = [obj.get("_due_at")]
        for name in FILTERS:
            value = obj.get(name)
            cells.append(value if isinstance(value, str) else None)
        cells.append(json.dumps(obj, ensure_ascii=False, separators=(",", ":")))
        return cells

    def find(self, identifier: str, kind: str | None = None) -> Obj | None:
        row = self.db.execute("SELECT kind, data FROM object WHERE id = ?", (identifier,)).fetchone()
        if row is None or (kind is not None and row[0] != kind):
            return None
        found: Obj = json.loads(row[1])
        return found

    def remove(self, identifier: str) -> None:
        self.db.execute("DELETE FROM object WHERE id = ?", (identifier,))

    def due(self, now: int) -> list[Obj]:
        """Objects whose `_due_at` (Unix seconds) has come."""
        rows = self.db.execute("SELECT data FROM object WHERE due_at <= ? ORDER BY due_at, seq", (now,)).fetchall()
        return [json.loads(row[0]) for row in rows]

    def every(self, kind: str, **filters: str) -> list[Obj]:
        """All of a kind, oldest first."""
        where = "".join(f" AND {self._column(name)} = ?" for name in filters)
        rows = self.db.execute(
            f"SELECT data FROM object WHERE kind = ?{where} ORDER BY seq", (kind, *filters.values())
        ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def page(
        self,
        kind: str,
        filters: dict[str, Any],
        *,
        limit: int,
        after: str | None = None,
        before: str | None = None,
        created: dict[str, int] | None = None,
        types: list[str] | None = None,
    ) -> tuple[list[Obj], bool]:
        """Newest first. Returns the objects and whether more follow.

        Raises:
            KeyError: `after` or `before` is not an id of this kind.
        """
        where: list[str] = ["kind = ?"]
        values: list[Any] = [kind]
        for name, value in filters.items():
            where.append(f"{self._column(name)} = ?")
            values.append(value)
        if types:
            where.append(f"type IN ({', '.join('?' * len(types))})")
            values += types
        signs = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
        for name, value in (created or {}).items():
            where.append(f"created {signs[name]} ?")
            values.append(value)
        order = "DESC"
        if after is not None:
            where.append("seq < ?")
            values.append(self._seq(after, kind))
        if before is not None:
            where.append("seq > ?")
            values.append(self._seq(before, kind))
            order = "ASC"
        rows = self.db.execute(
            f"SELECT data FROM object WHERE {' AND '.join(where)} ORDER BY seq {order} LIMIT ?",
            (*values, limit + 1),
        ).fetchall()
        found = [json.loads(row[0]) for row in rows[:limit]]
        if order == "ASC":
            found.reverse()
        return found, len(rows) > limit

    def _seq(self, identifier: str, kind: str) -> Any:
        row = self.db.execute("SELECT seq FROM object WHERE id = ? AND kind = ?", (identifier, kind)).fetchone()
        if row is None:
            raise KeyError(identifier)
        return row[0]

    @staticmethod
    def _column(name: str) -> str:
        if name not in FILTERS:
            raise KeyError(name)
        return name

    # -- small facts -------------------------------------------------------------------------

    def read_meta(self, name: str) -> str | None:
        with self.lock:
            row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def write_meta(self, name: str, value: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def keep(self, now: int) -> None:
        """A copy in memory of all there is; `now`: the simulated time. Caller holds the lock."""
        if self._kept is not None:
            self._kept[0].close()
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        self.db.backup(copy)
        self._kept = copy, now

    def go_back(self) -> int:
        """Puts the copy in place of what there is; returns its time. Caller holds the lock.

        Raises:
            ValueError: nothing was kept.
        """
        if self._kept is None:
            raise ValueError("nothing was kept")
        copy, now = self._kept
        copy.backup(self.db)
        return now

    def forget_everything(self) -> None:
        """Caller holds the transaction. The account id stays: it names this installation."""
        for table in ("object", "idempotency", "delivery", "orders"):
            self.db.execute(f"DELETE FROM {table}")
        self.db.execute("DELETE FROM meta WHERE name != 'account'")
