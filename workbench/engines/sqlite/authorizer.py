"""Which SQL may run: an allow-list that SQLite consults while it prepares a statement.

See https://sqlite.org/c3ref/set_authorizer.html and `c_alter_table.html` for the actions.
What is not on the list is refused, so that a statement new in a later SQLite is refused too.
"""

from __future__ import annotations

from collections.abc import Container
from enum import Enum

import apsw

_ROWS = {apsw.SQLITE_INSERT, apsw.SQLITE_UPDATE, apsw.SQLITE_DELETE}

_SCHEMA = {
    apsw.SQLITE_CREATE_TABLE, apsw.SQLITE_CREATE_INDEX, apsw.SQLITE_CREATE_VIEW,
    apsw.SQLITE_CREATE_TRIGGER, apsw.SQLITE_CREATE_VTABLE, apsw.SQLITE_DROP_TABLE,
    apsw.SQLITE_DROP_INDEX, apsw.SQLITE_DROP_VIEW, apsw.SQLITE_DROP_TRIGGER,
    apsw.SQLITE_DROP_VTABLE, apsw.SQLITE_ALTER_TABLE, apsw.SQLITE_REINDEX, apsw.SQLITE_ANALYZE,
}  # fmt: skip

_CONTROL = {apsw.SQLITE_TRANSACTION, apsw.SQLITE_SAVEPOINT}

_CHANGES = _ROWS | _SCHEMA | _CONTROL

_READ = {apsw.SQLITE_SELECT, apsw.SQLITE_READ, apsw.SQLITE_RECURSIVE, apsw.SQLITE_FUNCTION}

# They reach files, load code, or write to the process's log.
_REFUSED_FUNCTIONS = {
    "load_extension", "fts3_tokenizer", "sqlite_log", "readfile", "writefile", "edit", "fsdir",
}  # fmt: skip

# Pragmas that only tell, whatever their argument is: a table's name, a limit.
_TELLING_PRAGMAS = {
    "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo",
    "foreign_key_list",
    "foreign_key_check", "integrity_check", "quick_check", "function_list", "module_list", "pragma_list",
    "collation_list", "compile_options", "data_version", "page_count", "freelist_count",
}  # fmt: skip

# Pragmas that tell without an argument and set something with one: only the telling is for everyone.
_SETTING_PRAGMAS = {
    "schema_version", "user_version", "application_id", "encoding", "page_size", "journal_mode",
    "foreign_keys",
    "auto_vacuum", "synchronous", "cache_size", "max_page_count", "busy_timeout", "recursive_triggers",
    "defer_foreign_keys", "case_sensitive_like", "query_only", "temp_store", "secure_delete",
}  # fmt: skip

# What a writer may set. Each is in the file or ends with the transaction, but for
# `foreign_keys`, which the session sets back (dumps of the sqlite3 shell begin with it).
_WRITABLE_PRAGMAS = {"user_version", "application_id", "defer_foreign_keys", "foreign_keys"}
_WRITING_PRAGMAS = {"optimize", "incremental_vacuum"}

# The only checkpoint that nobody has to wait for (https://sqlite.org/pragma.html#pragma_wal_checkpoint).
_CHECKPOINTS = {None, "passive"}

# A SELECT on an R-Tree prepares writes to its three shadow tables: https://sqlite.org/rtree.html
_RTREE_SHADOWS = ("_node", "_rowid", "_parent")


class Verdict(Enum):
    """Why a statement was refused: it writes and this connection reads, or no one may run it."""

    WRITES = "writes"
    FORBIDDEN = "forbidden"


class Authorizer:
    """The guard of one connection; `seen` and `verdict` tell of the statement last prepared.

    `tells`: it is a pragma that only tells, though SQLite may count it as writing. `checkpoints`: it
    moves the log into the file, for which there must be no transaction.

    `named` is what it changes by its own words, first of all its target: (action, first, second,
    schema) as SQLite asked for them; what its triggers do is not in it. `touched` are the tables whose
    rows it may change, by its triggers too.

    `checks_foreign_keys` is what a ``PRAGMA foreign_key_check`` was asked about: one table, or None for all.

    `writer` says whether rows and schema may be changed; those of `attached` databases never. `trusted` is
    set while the workbench runs its own statements, `stepping` while one runs rather than being prepared.
    """

    def __init__(self, *, writer: bool) -> None:
        self.writer = writer
        self.attached: Container[str | None] = frozenset()
        self.trusted = False
        self.stepping = False
        self.seen: set[int] = set()
        self.named: list[tuple[int, str, str | None, str | None]] = []
        self.touched: set[str] = set()
        self.sets_foreign_keys = False
        self.checks_foreign_keys: tuple[str | None] | None = None
        self.tells = False
        self.checkpoints = False
        self.verdict: Verdict | None = None
        self.refusal = ""

    def begin(self) -> None:
        """Forget the statement before: the next one is about to be prepared."""
        self.seen = set()
        self.named = []
        self.touched = set()
        self.stepping = False
        self.sets_foreign_keys = False
        self.checks_foreign_keys = None
        self.tells = False
        self.checkpoints = False
        self.verdict = None
        self.refusal = ""

    @property
    def changes_rows(self) -> bool:
        """Whether the statement inserts, updates or deletes rows of a table."""
        return bool(self.seen & _ROWS) and not self.seen & _SCHEMA

    @property
    def changes_schema(self) -> bool:
        """Whether the statement makes, alters or drops something."""
        return bool(self.seen & _SCHEMA)

    @property
    def only_makes_index(self) -> bool:
        """Whether the statement is a CREATE INDEX."""
        made = {apsw.SQLITE_CREATE_INDEX, apsw.SQLITE_REINDEX}
        return apsw.SQLITE_CREATE_INDEX in self.seen and self.seen & _SCHEMA <= made

    @property
    def only_selects(self) -> bool:
        """Whether the statement is a SELECT and nothing else."""
        return apsw.SQLITE_SELECT in self.seen and self.seen <= _READ

    @property
    def controls_transaction(self) -> bool:
        """Whether the statement is BEGIN, COMMIT, ROLLBACK (a SAVEPOINT nests, so it does not count)."""
        return apsw.SQLITE_TRANSACTION in self.seen

    @property
    def controls_anything(self) -> bool:
        """Whether the statement begins, ends or marks a transaction, a SAVEPOINT included."""
        return bool(self.seen & _CONTROL)

    @property
    def asked_nothing(self) -> bool:
        """Whether SQLite asked for no permission at all, as for VACUUM."""
        return not self.seen

    def __call__(
        self, action: int, first: str | None, second: str | None, schema: str | None, trigger: str | None
    ) -> int:
        """SQLite's question: may this statement do `action`?"""
        if self.trusted:
            return apsw.SQLITE_OK
        self.seen.add(action)
        if action in _ROWS:
            self.touched.add(first or "")
        if trigger is None and (action in _ROWS or action in _SCHEMA):
            self.named.append((action, first or "", second, schema))
        verdict = self._judge(action, first or "", second, schema)
        if verdict is None:
            return apsw.SQLITE_OK
        self.verdict = verdict
        self.refusal = _in_words(action, first or "", second)
        if schema in self.attached:
            self.refusal += f" of {schema}, which is attached to be read,"
        return apsw.SQLITE_DENY

    def _judge(self, action: int, first: str, second: str | None, schema: str | None) -> Verdict | None:
        if action == apsw.SQLITE_FUNCTION:
            return Verdict.FORBIDDEN if (second or "").lower() in _REFUSED_FUNCTIONS else None
        if action == apsw.SQLITE_PRAGMA:
            return self._judge_pragma(first.lower(), second, schema)
        if action in _READ or self._is_inner_work(action, first, schema):
            return None
        outlives = schema == "temp" and (action in _SCHEMA or action == apsw.SQLITE_INSERT)
        if outlives or action not in _CHANGES or (self.writer and schema in self.attached):
            return Verdict.FORBIDDEN  # what is temporary would be there for the next person
        return None if self.writer else Verdict.WRITES

    def _is_inner_work(self, action: int, first: str, schema: str | None) -> bool:
        """What SQLite does to itself: an R-Tree that is read, the nameless database of a VACUUM."""
        if not self.writer or schema in self.attached:
            return action in _ROWS and first.endswith(_RTREE_SHADOWS)
        return self.stepping and (
            action == apsw.SQLITE_DETACH or (action == apsw.SQLITE_ATTACH and first == "")
        )

    def _judge_pragma(self, name: str, argument: str | None, schema: str | None) -> Verdict | None:
        if name in _TELLING_PRAGMAS or (name in _SETTING_PRAGMAS and argument is None):
            self.tells = self.seen == {apsw.SQLITE_PRAGMA}
            if name == "foreign_key_check":
                self.checks_foreign_keys = (argument,)
            return None
        if schema in self.attached:
            return Verdict.FORBIDDEN
        if name == "wal_checkpoint" and (argument and argument.lower()) in _CHECKPOINTS:
            self.checkpoints = True
            return None if self.writer else Verdict.WRITES
        if name in _WRITING_PRAGMAS or name in _WRITABLE_PRAGMAS:
            self.sets_foreign_keys = self.sets_foreign_keys or name == "foreign_keys"
            return None if self.writer else Verdict.WRITES
        return Verdict.FORBIDDEN


_NAMES = {
    apsw.SQLITE_ATTACH: "ATTACH (and VACUUM INTO)",
    apsw.SQLITE_DETACH: "DETACH",
    apsw.SQLITE_CREATE_TEMP_TABLE: "CREATE TEMP TABLE",
    apsw.SQLITE_CREATE_TEMP_VIEW: "CREATE TEMP VIEW",
    apsw.SQLITE_CREATE_TEMP_TRIGGER: "CREATE TEMP TRIGGER",
    apsw.SQLITE_CREATE_TEMP_INDEX: "CREATE TEMP INDEX",
}


def _in_words(action: int, first: str, second: str | None) -> str:
    if action == apsw.SQLITE_PRAGMA:
        return f"PRAGMA {first}" + (f" = {second}" if second is not None else "")
    if action == apsw.SQLITE_FUNCTION:
        return f"the function {second}()"
    if action in _NAMES:
        return _NAMES[action]
    name = str(apsw.mapping_authorizer_function[action]).removeprefix("SQLITE_").replace("_", " ")
    return f"{name} on {first}" if first else name
