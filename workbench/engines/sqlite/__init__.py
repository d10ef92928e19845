"""SQLite through apsw: a file on this machine."""

from workbench.engines.sqlite.engine import SqliteEngine
from workbench.engines.sqlite.start import is_writable, make_empty, ready_file

__all__ = ["SqliteEngine", "is_writable", "make_empty", "ready_file"]
