"""What a process has of memory, in megabytes, as proc_pid_status(5) and proc_pid_smaps(5) tell it."""

from __future__ import annotations

from pathlib import Path

_KINDS = {"rss": ("Rss",), "share": ("Pss",), "own": ("Private_Clean", "Private_Dirty")}


def peak(pid: int) -> float:
    """The most that process `pid` ever had in memory."""
    return _summed(f"/proc/{pid}/status", ("VmHWM",))


def held(pid: int) -> dict[str, float]:
    """All its pages (`rss`), with those of others divided among them (`share`), and its alone (`own`)."""
    return {kind: _summed(f"/proc/{pid}/smaps_rollup", names) for kind, names in _KINDS.items()}


def _summed(file: str, names: tuple[str, ...]) -> float:
    lines = (line.partition(":") for line in Path(file).read_text().splitlines())
    return sum(int(value.split()[0]) for name, _, value in lines if name in names) / 1024
