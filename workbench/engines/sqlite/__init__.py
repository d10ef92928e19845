"""SQLite through apsw: a file on this machine."""

from workbench.engines.sqlite.engine import SqliteEngine
from workbench.engines.sqlite.start import ready_file

__all__ = ["SqliteEngine", "ready_file"]
