"""`python -m workbench [FILE]`: check everything, then serve under uWSGI."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

from workbench import __version__
from workbench.engines.sqlite import ready_file
from workbench.engines.sqlite.line import WAIT as LINE_WAIT
from workbench.engines.sqlite.start import make_sample
from workbench.environment import from_environment
from workbench.errors import SettingsError
from workbench.listing import Listing
from workbench.settings import HOME, TABLE, Settings

_HARAKIRI_SPARE = 10
"""Seconds that uWSGI's own limit on a request lies above all of ours: it is the last net."""


def main(arguments: list[str]) -> None:
    """Serve as `arguments` and the environment say; one line on stderr and exit 2 when that cannot be."""
    asked = _parser().parse_args(arguments)
    if asked.read_only:
        os.environ["WORKBENCH_READ_ONLY"] = "1"
    try:
        if asked.files:
            _name_databases([os.path.abspath(each) for each in asked.files])
        settings = _with_first_of_folder(from_environment(os.environ))
        _refuse_taken(settings)
        if not os.environ.get("WORKBENCH_DATABASE"):
            make_sample(settings.database, HOME / "database" / "student.sql")
        for file in settings.files:
            ready_file(file, read_only=settings.read_only)
    except SettingsError as error:
        print(f"workbench: {error.message}", file=sys.stderr)
        sys.exit(2)
    if os.geteuid() == 0:
        print(
            "workbench: running as root, so the SQL that is typed runs as root too; "
            "an account of its own is safer.",
            file=sys.stderr,
        )
    _serve(settings)


def _parser() -> argparse.ArgumentParser:
    settings = "\n".join(f"  {name:<24}{sentence}" for name, (_, sentence) in TABLE.items())
    parser = argparse.ArgumentParser(
        prog="run",
        description="A SQL workbench in the browser for a SQLite file, and JSON at /run for programs.",
        epilog=f"settings, from the environment:\n{settings}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="the SQLite databases to serve, or folders of them; without any, a small sample",
    )
    parser.add_argument("--read-only", action="store_true", help="open them for reading only")
    parser.add_argument("--version", action="version", version=__version__)
    return parser


def _name_databases(paths: list[str]) -> None:
    """Have the settings, which the workers read too, name these files and folders."""
    os.environ["WORKBENCH_DATABASE"] = paths[0]
    odd = next((path for path in paths[1:] if os.pathsep in path), None)
    if odd is not None:
        raise SettingsError(f"{odd} has {os.pathsep} in its path: name it first, or its folder")
    if paths[1:]:
        os.environ["WORKBENCH_DATABASES"] = os.pathsep.join(paths[1:])
    if any(map(os.path.isdir, paths)):
        os.environ.setdefault("WORKBENCH_NEW_DATABASES", "1")


def _with_first_of_folder(settings: Settings) -> Settings:
    """`settings`; where they name a folder as the database: the first one in it, and the folder beside.

    One that cannot be opened is passed over: it says so at its own address, and keeps none of the others.
    """
    folder = settings.database
    if not folder.is_dir():
        return settings
    found = Listing((), (folder, *settings.folders), apart=(settings.store,)).all()
    if not found:
        raise SettingsError(f"there is no SQLite database in {folder}")
    if os.pathsep in str(folder):
        raise SettingsError(f"{folder} has {os.pathsep} in its path: call the folder otherwise")
    first = next((each for each in found if _can_be_served(each.path, settings)), found[0])
    os.environ["WORKBENCH_DATABASE"] = str(first.path)
    os.environ["WORKBENCH_DATABASES"] = os.pathsep.join(map(str, (folder, *settings.further)))
    return from_environment(os.environ)


def _can_be_served(path: Path, settings: Settings) -> bool:
    try:
        ready_file(path, read_only=settings.read_only)
    except SettingsError:
        return False
    return True


def _refuse_taken(settings: Settings) -> None:
    """Say so before anything is made, when another program listens at our address."""
    if settings.socket:
        return
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host.strip("[]"), settings.port))
        except OSError as error:
            reason = f"cannot listen on {settings.address} ({error.strerror}): choose with HOST and PORT"
            raise SettingsError(reason) from error


def _serve(settings: Settings) -> None:
    """Become uWSGI. Does not come back."""
    import pyuwsgi  # noqa: PLC0415 - not before everything is checked: it takes over the process

    _spool_beside_the_store(settings)
    os.environ["WORKBENCH_READY"] = f"{os.dup(sys.stdout.fileno())} {_ready_line(settings)}"
    pyuwsgi.run(uwsgi_arguments(settings, HOME / "uwsgi.ini"))


def _spool_beside_the_store(settings: Settings) -> None:
    """Let uWSGI keep large bodies where what is imported goes: /tmp may be small, or memory."""
    with suppress(OSError):
        settings.inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ.setdefault("TMPDIR", str(settings.inbox))


def uwsgi_arguments(settings: Settings, ini: Path) -> list[str]:
    """What uWSGI is told: `ini`, and what depends on settings, such as the time an import may take."""
    usual = int(2 * settings.time_limit + LINE_WAIT) + _HARAKIRI_SPARE
    arguments = ["--ini", str(ini), "--pythonpath", str(HOME)]
    arguments += ["--processes", str(settings.processes), "--harakiri", str(usual)]
    # HTTP to Nginx too: in uWSGI's own protocol an answer that breaks off looks like a whole one.
    arguments += ["--http-socket", settings.socket or settings.address]
    if settings.socket:
        arguments += ["--chmod-socket=660"]
    # A connection that stays open would keep its process from everyone else.
    return [
        *arguments,
        "--add-header",
        "Connection: close",
        "--route",
        f"^(/d/[^/]+)?/import harakiri:{usual + int(settings.import_seconds)}",
        "--route",
        f"^(/d/[^/]+)?/exports harakiri:{usual + int(settings.export_seconds)}",
    ]


def _ready_line(settings: Settings) -> str:
    mode = "read only" if settings.read_only else "read and write"
    served = f"{settings.database}{_and_more(settings)}, {mode}"
    if settings.socket:
        return f"Workbench is ready on {settings.socket} ({served})"
    return f"Workbench is ready: http://{settings.address}/ ({served}). Ctrl+C stops it."


def _and_more(settings: Settings) -> str:
    more = len(Listing(settings.files, settings.folders, apart=(settings.store,)).all()) - 1
    return f" and {more} more" if more else ""


if __name__ == "__main__":
    main(sys.argv[1:])
