"""Files that are sent to be imported: how large they may be, and that they go to the disk as they come."""

from __future__ import annotations

from typing import IO, Any

from flask import Request, request

from workbench.web.here import importer, settings

_FORM_BYTES = 1 << 20
"""What a form may have beside its file."""


class UploadRequest(Request):
    """A request whose file goes to where it is to stay, not to memory."""

    def _get_file_stream(self, *args: Any, **told: Any) -> IO[bytes]:
        return importer().inbox.incoming() if is_upload() else super()._get_file_stream(*args, **told)


def is_upload() -> bool:
    """Whether this request brings a file to be imported."""
    return request.endpoint == "upload"


def allow_upload() -> None:
    """Let this request be as large as a file may be; call it before anything reads the form."""
    request.max_content_length = settings().upload_bytes + _FORM_BYTES
