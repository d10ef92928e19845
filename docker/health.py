"""The container's health check: asks `/healthz` on uWSGI's socket, as Nginx would.

Exit status 0 says that a worker answered with 200.
"""

from __future__ import annotations

import os
import socket
import struct

REQUEST = {
    "REQUEST_METHOD": "GET",
    "PATH_INFO": "/healthz",
    "QUERY_STRING": "",
    "SERVER_PROTOCOL": "HTTP/1.0",
    "HTTP_HOST": "localhost",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "REMOTE_ADDR": "127.0.0.1",
}


def packet(variables: dict[str, str]) -> bytes:
    """`variables` in uWSGI's own protocol (https://uwsgi-docs.readthedocs.io/en/latest/Protocol.html)."""
    body = b"".join(_sized(name) + _sized(value) for name, value in variables.items())
    return struct.pack("<BHB", 0, len(body), 0) + body


def _sized(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<H", len(encoded)) + encoded


def healthy(path: str) -> bool:
    """Whether the server on the socket at `path` answers with 200 within two seconds."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        connection.connect(path)
        connection.sendall(packet(REQUEST))
        return b" 200 " in connection.recv(64).split(b"\r\n", 1)[0]


if __name__ == "__main__":
    raise SystemExit(0 if healthy(os.environ["WORKBENCH_SOCKET"]) else "the workbench is not healthy")
