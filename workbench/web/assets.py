"""Addresses of the built assets: each has a hash of its content in its name, so it is cached for ever."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask, Response, request
from markupsafe import Markup

from workbench.errors import SettingsError

_BUILT = "/static/built/"


def install(app: Flask) -> None:
    """Give templates `asset(name)` and the sign. Raises SettingsError when the assets are not built."""
    static = Path(app.static_folder)
    manifest = static / "built" / "manifest.json"
    try:
        names = json.loads(manifest.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            "the page's assets are not built: `npm ci && npm run build` makes them"
        ) from error

    def asset(name: str) -> str:
        """The address of the asset called `name` in the sources: one, whichever database the page is of."""
        return f"{_BUILT}{names[name]}"

    app.jinja_env.globals["asset"] = asset
    # In the page itself: a picture of its own would be one more document before the page is there.
    app.jinja_env.globals["sign"] = Markup((static / "icon.svg").read_text(encoding="utf-8").strip())
    app.after_request(_keep)


def _keep(response: Response) -> Response:
    """A name with its hash in it never means anything else (RFC 8246); Nginx says the same."""
    if request.path.startswith(_BUILT) and response.status_code in (200, 304):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
