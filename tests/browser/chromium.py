"""The Chromium of the system; no browser is ever downloaded."""

from __future__ import annotations

import shutil

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch_arguments() -> dict[str, object]:
    """How Playwright is to start it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "The browser tests need Chromium: on Debian, `apt-get install chromium`."
    return {"executable_path": path, "args": _ARGUMENTS}
