"""Settings: read once, loud when wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.environment import from_environment
from workbench.errors import SettingsError
from workbench.settings import TABLE, Settings


def test_nothing_set_serves_the_sample_on_the_loopback() -> None:
    settings = from_environment({})
    assert settings.database.name == "student.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.get_writes
    assert not settings.read_only


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WORKBENCH_TIME_LIMIT", "soon"),
        ("WORKBENCH_TIME_LIMIT", "0"),
        ("WORKBENCH_TIME_LIMIT", "nan"),
        ("WORKBENCH_PROCESSES", "1"),
        ("WORKBENCH_READ_ONLY", "yes"),
        ("WORKBENCH_HISTORY_DAYS", "-1"),
        ("WORKBENCH_HISTORY_MB", "1"),
        ("WORKBENCH_API_HISTORY", "all"),
        ("WORKBENCH_GET_WRITES", "maybe"),
        ("PORT", "http"),
    ],
)
def test_a_value_that_cannot_be_meant_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        from_environment({name: value})


def test_a_misspelt_setting_is_not_ignored() -> None:
    with pytest.raises(SettingsError, match="WORKBENCH_TIMELIMIT"):
        from_environment({"WORKBENCH_TIMELIMIT": "5"})


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "workbench.example"])
def test_others_are_let_in_only_with_a_password(host: str) -> None:
    for name in ("HOST", "WORKBENCH_LISTEN"):
        with pytest.raises(SettingsError, match="WORKBENCH_PASSWORD"):
            from_environment({name: host})
        assert from_environment({name: host, "WORKBENCH_PASSWORD": "s3cret"}).password == "s3cret"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.9"])
def test_the_loopback_needs_none(host: str) -> None:
    assert from_environment({"HOST": host}).password == ""


def test_behind_a_password_get_does_not_write() -> None:
    assert not from_environment({"WORKBENCH_PASSWORD": "s3cret"}).get_writes
    assert from_environment({"WORKBENCH_PASSWORD": "s3cret", "WORKBENCH_GET_WRITES": "seed"}).get_writes
    assert not from_environment({"WORKBENCH_GET_WRITES": "deny"}).get_writes


def test_the_password_may_be_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("pass phrase\n", encoding="utf-8")
    assert from_environment({"WORKBENCH_PASSWORD_FILE": str(secret)}).password == "pass phrase"
    secret.write_text("\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="empty"):
        from_environment({"WORKBENCH_PASSWORD_FILE": str(secret)})
    with pytest.raises(SettingsError, match="cannot be read"):
        from_environment({"WORKBENCH_PASSWORD_FILE": str(tmp_path / "none")})


def test_the_password_is_not_printed_with_the_settings() -> None:
    assert "s3cret" not in repr(from_environment({"WORKBENCH_PASSWORD": "s3cret"}))


def test_there_are_more_workers_than_cores_if_nothing_is_said() -> None:
    found = from_environment({"WORKBENCH_PROCESSES": ""})
    cores = len(os.sched_getaffinity(0))
    assert found.processes == Settings(Path(), Path()).processes == min(16, 4 + 2 * cores)
    assert found.sql_slots == found.processes - 2


def test_every_setting_has_a_sentence() -> None:
    assert all(sentence for _, sentence in TABLE.values())


@pytest.mark.parametrize("value", ["80.5", "8e3", "8_0", "+80", "٨٠", "80 ", "0x50"])
@pytest.mark.parametrize("name", ["PORT", "WORKBENCH_PROCESSES", "WORKBENCH_RESULT_BYTES"])
def test_what_is_counted_is_a_whole_number(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} .*whole number"):
        from_environment({name: value})


def test_a_time_limit_may_be_a_part_of_a_second() -> None:
    assert from_environment({"WORKBENCH_TIME_LIMIT": "0.5"}).time_limit == 0.5


@pytest.mark.parametrize("name", ["WORKBENCH_DATABASE", "WORKBENCH_PASSWORD", "HOST", "PORT"])
def test_a_setting_that_is_not_utf8_is_named_and_not_shown(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} .*UTF-8") as caught:
        from_environment({name: "s3cret\udcff"})
    assert "s3cret" not in caught.value.message


def test_names_of_hosts_know_no_capitals() -> None:
    assert from_environment({"WORKBENCH_HOSTS": "Wb.Example, other.EXAMPLE ,"}).hosts == (
        "wb.example",
        "other.example",
    )
    assert from_environment({"HOST": "LocalHost"}).password == ""


@pytest.mark.parametrize("join", [os.link, os.symlink], ids=["hard link", "symbolic link"])
def test_the_database_is_not_the_workbenchs_own_file_too(
    tmp_path: Path, join: Callable[[Path, Path], None]
) -> None:
    database, other = tmp_path / "mine.db", tmp_path / "other.db"
    database.touch()
    join(database, other)
    for store in (database, other, tmp_path / "x" / ".." / "mine.db"):
        with pytest.raises(SettingsError, match="WORKBENCH_STORE"):
            from_environment({"WORKBENCH_DATABASE": str(database), "WORKBENCH_STORE": str(store)})
    from_environment({"WORKBENCH_DATABASE": str(database), "WORKBENCH_STORE": str(tmp_path / "third.db")})


def test_neither_is_the_sample_even_before_it_is_made(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "student.db")
    for name in ("student.db", "link.db"):
        with pytest.raises(SettingsError, match="WORKBENCH_STORE"):
            from_environment({"WORKBENCH_SAMPLE_DIR": str(tmp_path), "WORKBENCH_STORE": str(tmp_path / name)})


def test_further_databases_are_files_and_folders(tmp_path: Path) -> None:
    named = f"{tmp_path}/b.db{os.pathsep}{tmp_path}{os.pathsep}"
    settings = from_environment({"WORKBENCH_DATABASE": f"{tmp_path}/a.db", "WORKBENCH_DATABASES": named})
    assert settings.files == (tmp_path / "a.db", tmp_path / "b.db")
    assert settings.folders == (tmp_path,)
    assert not settings.new_databases


def test_none_of_them_is_the_workbenchs_own_file(tmp_path: Path) -> None:
    own = {"WORKBENCH_STORE": f"{tmp_path}/own.db", "WORKBENCH_DATABASES": f"{tmp_path}/own.db"}
    with pytest.raises(SettingsError, match="WORKBENCH_STORE"):
        from_environment(own)
