"""The container's health check: asks `/healthz` on uWSGI's socket, as Nginx would.

Exit status 0 says that a worker answered with 200.
"""

from __future__ import annotations

import os
import socket

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def healthy(path: str) -> bool:
    """Whether the server on the socket at `path` answers with 200 within two seconds."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        connection.connect(path)
        connection.sendall(REQUEST)
        return b" 200 " in connection.recv(64).split(b"\r\n", 1)[0]


if __name__ == "__main__":
    raise SystemExit(0 if healthy(os.environ["WORKBENCH_SOCKET"]) else "the workbench is not healthy")
