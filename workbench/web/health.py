"""Is it alive, and can it serve?"""

from __future__ import annotations

import shutil

from flask import Response

from workbench.errors import WorkbenchError
from workbench.web.here import bench, parts
from workbench.web.respond import as_json

_LEAST_FREE = 16 << 20


def healthz() -> Response:
    """The process answers. Touches no database."""
    return as_json({"alive": True})


def readyz() -> Response:
    """The database can be read and there is room on its disk; 503 with the reasons if not."""
    reasons = []
    try:
        bench().engine.check()
    except WorkbenchError as error:
        reasons.append(error.message)
    else:
        free = shutil.disk_usage(parts().file.parent).free
        if free < _LEAST_FREE and not bench().engine.read_only:
            reasons.append(f"only {free:,} bytes are free on the database's disk")
    return as_json({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)
