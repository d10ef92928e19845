"""Addresses of the built assets: each has a hash of its content in its name, so it is cached for ever."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask, url_for

from workbench.errors import SettingsError


def install(app: Flask) -> None:
    """Give templates `asset(name)`. Raises SettingsError when the assets are not built."""
    manifest = Path(app.static_folder) / "built" / "manifest.json"
    try:
        names = json.loads(manifest.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            "the page's assets are not built: `npm ci && npm run build` makes them"
        ) from error

    def asset(name: str) -> str:
        """The address of the asset called `name` in the sources."""
        return url_for("static", filename=f"built/{names[name]}")

    app.jinja_env.globals["asset"] = asset
