"""Posts a heartbeat over the daemon's unix socket; standard library only, to start quickly."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
from pathlib import Path
from typing import Any

_TIMEOUT_SECONDS = 5.0
_PATH = "/agent/v1/heartbeat"


class Unreachable(Exception):
    """The daemon did not answer, or not with a heartbeat reply."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_TIMEOUT_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class DaemonClient:
    """Keeps one connection and finds the socket again when the daemon moved it."""

    def __init__(self, socket_path: Path, endpoint_file: Path) -> None:
        self._socket_path = socket_path
        self._endpoint_file = endpoint_file
        self._connection: _UnixConnection | None = None

    def heartbeat(self, report: dict[str, Any]) -> dict[str, Any]:
        """Send the report and return the reply; raises `Unreachable`."""
        body = json.dumps(report).encode()
        try:
            return self._exchange(body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise Unreachable(str(error)) from error

    def abort(self) -> None:
        """Break an exchange that is under way; safe in a signal handler."""
        if self._connection is not None and self._connection.sock is not None:
            with contextlib.suppress(OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Drop the connection; the next heartbeat makes a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, body: bytes) -> dict[str, Any]:
        if self._connection is None:
            self._connection = _UnixConnection(self._where())
        self._connection.request("POST", _PATH, body, {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise ValueError(f"status {response.status}")
        reply = json.loads(answer)
        if not isinstance(reply, dict):
            raise ValueError("the answer is not an object")
        return reply

    def _where(self) -> Path:
        if self._endpoint_file.is_file():
            written = self._endpoint_file.read_text(encoding="utf-8").strip()
            if written:
                return Path(written)
        return self._socket_path
