"""What a browser keeps for us in its cookie, signed."""

from __future__ import annotations

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class Sessions(SecureCookieSessionInterface):
    """Flask's own sessions, whose signer is made once; Flask makes one for each request."""

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer of cookies; the application's key does not change while it serves."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer
