"""Who may enter, and what every answer says about itself.

The order is: did the whole address arrive, is it our Host, is it someone who knows the
password, is it our own page that asks, or one that may. See "DNS rebinding" and "CSRF" in the
OWASP cheat sheets.
"""

from __future__ import annotations

import hmac
import re
from secrets import token_hex, token_urlsafe
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_wtf import CSRFProtect

from workbench.errors import BadRequest, TooLarge
from workbench.web import cors
from workbench.web.decompression import open_body
from workbench.web.here import parts, settings
from workbench.web.respond import is_for_programs
from workbench.web.text import refuse_broken_form
from workbench.web.uploads import allow_upload, is_upload

csrf = CSRFProtect()

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{8,100}\Z")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
"""On every answer, and set nowhere else: so they need not be looked for before they are added."""


def install(app: Flask) -> None:
    """Put the guard before every view of `app`, and its headers on every answer."""
    app.before_request(_check_entry)
    app.after_request(_add_headers)
    csrf.init_app(app)
    app.jinja_env.globals["style_nonce"] = style_nonce


def style_nonce() -> str:
    """What this answer's page may add a style sheet of its own with: the editor does, once it is loaded."""
    if "style_nonce" not in g:
        g.style_nonce = token_urlsafe(16)
    return g.style_nonce


def is_foreign() -> bool:
    """Whether another site that may not, or a browser looking ahead, made this request."""
    asked = request.headers
    if "prefetch" in asked.get("Sec-Purpose", asked.get("Purpose", "")):
        return True
    return g.from_elsewhere and not cors.is_allowed()


def _is_from_elsewhere() -> bool:
    """Whether a page of another origin made this request.

    Browsers say so in Sec-Fetch-Site and Origin, which no page can set; a program sends
    neither.
    """
    asked = request.headers
    if asked.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return True
    origin = asked.get("Origin")
    return origin is not None and _host_of(origin) != request.host.lower()


def _host_of(origin: str) -> str | None:
    """The host that a page is from, None for what is no address, such as ``http://[``."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _check_entry() -> Response | None:
    g.request_id = _request_id()
    g.from_elsewhere = _is_from_elsewhere()
    _refuse_lost_query()
    _refuse_untold_length()
    if request.endpoint in ("healthz", "readyz"):
        return None
    _refuse_unknown_host()
    if allowed := cors.preflight():
        return allowed
    _refuse_strangers()
    parts()  # is there such a database?
    if is_for_programs():
        open_body()
    if is_upload():
        allow_upload()
    else:
        refuse_broken_form()
    return None


def _refuse_unknown_host() -> None:
    if not _host_is_ours():
        raise BadRequest(
            "This workbench does not answer to that host name.",
            code="UNKNOWN_HOST",
            hint="Open it by the address it printed, or name this host in WORKBENCH_HOSTS.",
        )


def _refuse_strangers() -> None:
    """Refuse who does not know the password, and what another site's page would have done."""
    if not _knows_password():
        raise BadRequest(
            "This workbench asks for a password.", code="PASSWORD_REQUIRED", hint="Any user name will do."
        )
    if request.method not in _SAFE_METHODS and is_foreign():
        raise BadRequest("The request came from another site, so nothing was run.", code="CROSS_SITE")


def is_request_id(name: str) -> bool:
    """Whether a request may be called this."""
    return bool(_REQUEST_ID.match(name))


def _request_id() -> str:
    given = request.headers.get("X-Request-Id", "")
    return given if is_request_id(given) else token_hex(16)


def _refuse_lost_query() -> None:
    """uWSGI leaves out a QUERY_STRING too long for its buffer: what is left asks for something else."""
    _, _, sent = request.environ.get("REQUEST_URI", "").partition("?")
    if sent and not request.query_string:
        raise TooLarge(
            "The address is too long. Nothing was run: send the query by POST.", code="ADDRESS_TOO_LONG"
        )


def _refuse_untold_length() -> None:
    """uWSGI hands no body on that comes in chunks: it would be taken for an empty one. Nginx reads them."""
    if "Transfer-Encoding" in request.headers:
        raise BadRequest(
            "The body comes in chunks: send it with a Content-Length.",
            code="LENGTH_REQUIRED",
            hint="Nothing was run.",
        )


def _host_is_ours() -> bool:
    """A page of another site whose name now points here would send that site's name as Host.

    With a password it would get nothing, so any name will do unless names are given.
    """
    ours = settings()
    if ours.password and not ours.hosts:
        return True
    name = _without_port(request.host.lower())
    return name in _LOOPBACK_NAMES or name in ours.hosts or name == _without_port(ours.address.lower())


def _without_port(host: str) -> str:
    return host if host.endswith("]") else host.rsplit(":", 1)[0]


def _knows_password() -> bool:
    expected = settings().password
    if not expected:
        return True
    try:
        given = request.authorization
    except ValueError:  # neither base64 nor anything else
        return False
    return (
        given is not None
        and given.type == "basic"
        and hmac.compare_digest((given.password or "").encode(), expected.encode())
    )


def _policy() -> str:
    """`POLICY`, and the nonce of this answer's page if it has one (https://www.w3.org/TR/CSP3/#security-nonces)."""
    nonce = g.get("style_nonce")
    return POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'") if nonce else POLICY


def _add_headers(response: Response) -> Response:
    response.headers.extend(_HEADERS)
    response.headers.add("Content-Security-Policy", _policy())
    response.headers["X-Request-Id"] = g.get("request_id", "")
    response.headers.setdefault("Cache-Control", "no-store")
    if response.status_code == 503:
        response.headers.setdefault("Retry-After", "1")
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Workbench", charset="UTF-8"'
    return response
