"""The files that are measured with: made once, and copied for each server, so that all have the same."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import apsw

from tests.deployment.servers import HOME
from workbench.engines.sqlite import ready_file
from workbench.engines.sqlite.start import make_sample

_ROWS = """
CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, nr INTEGER, score REAL, note TEXT);
INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {rows})
SELECT i, 'Person ' || (i * 7919 % 1000003), i * 104729 % 1000000007, i / 7.0,
       iif(i % 7, 'note about ' || i, NULL) FROM n;
"""

_WITHOUT_A_DISK = {"tmpfs", "ramfs"}


def sample(folder: Path) -> Path:
    """The sample, with three students, set to WAL mode as the workbench does it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "student.db"
    make_sample(path, HOME / "database" / "student.sql")
    ready_file(path, read_only=False)
    return path


def large(folder: Path, rows: int) -> Path:
    """A table `t` of so many rows, 5 columns each."""
    path = folder / f"rows{rows}.db"
    if not path.exists():
        connection = apsw.Connection(str(path))
        connection.execute(_ROWS.format(rows=rows))
        connection.close()
        ready_file(path, read_only=False)
    return path


def copied(database: Path, folder: Path) -> Path:
    """A copy of `database` in `folder`, under the same name."""
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(database, folder / database.name))


def workplace() -> Path:
    """A new folder on a disk: where files are in memory, making a write durable costs nothing."""
    places = (Path(tempfile.gettempdir()), Path("/var/tmp"), HOME)
    on_disk = (place for place in places if file_system(place) not in _WITHOUT_A_DISK)
    return Path(tempfile.mkdtemp(prefix="benchmark-", dir=next(on_disk, HOME)))


def file_system(place: Path) -> str:
    """The type of the file system that `place` is on, as proc_mounts(5) has it."""
    mounts = (line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines())
    above = [(point, kind) for point, kind in mounts if place.resolve().is_relative_to(point)]
    return max(above, key=lambda mount: len(mount[0]))[1]
