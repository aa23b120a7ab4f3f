"""Short calls of the daemon over its Unix socket, from the commands of this package."""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path
from typing import Any

from localcloud.server.home import DaemonError

_EXITS = {400: 2, 404: 3, 409: 7, 422: 2}
"""Status of a refusal -> exit code."""


class NotRunning(DaemonError):
    """Nobody answers on the socket."""

    def __init__(self, message: str = "the embedded cloud is not running") -> None:
        super().__init__(message, exit_code=3)


class Refused(DaemonError):
    """The daemon answered that it will not; ends as the same refusal does in the console."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, exit_code=_EXITS.get(status, 1))


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def call(
    path: Path, method: str, target: str, body: dict[str, Any] | None = None, timeout: float = 30.0
) -> dict[str, Any]:
    """One request, one JSON object.

    Raises:
        NotRunning: nobody answers.
        Refused: the daemon will not; the text is its sentence.
        DaemonError: it gave no proper answer.
    """
    connection = _Connection(path, timeout)
    try:
        payload = None if body is None else json.dumps(body)
        connection.request(method, target, payload, {"Content-Type": "application/json"})
        response = connection.getresponse()
        said = json.loads(response.read())
    except (ConnectionError, FileNotFoundError, NotADirectoryError) as error:
        raise NotRunning from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise DaemonError(f"the embedded cloud gave no proper answer: {error}") from error
    finally:
        connection.close()
    if response.status >= 400:
        detail = said.get("error", {})
        words = [str(detail.get("message", f"status {response.status}")), str(detail.get("hint"))]
        sentence = " ".join(word for word in words if word and word != "None")
        raise Refused(sentence, response.status)
    if not isinstance(said, dict):
        raise DaemonError("the embedded cloud gave no proper answer: not an object")
    return said
