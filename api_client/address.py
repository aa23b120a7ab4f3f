"""Where a service is: an HTTP origin or a Unix socket."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed address; prints as it was given."""

    text: str
    base_url: str
    """What paths are put behind; no slash at the end."""
    socket_path: str = ""
    """Set for a Unix socket."""

    def __str__(self) -> str:
        return self.text


def parse_address(url: str) -> Address:
    """Read `http://…`, `https://…` or `unix:///path`.

    Raises:
        ValueError: it is neither, or holds a credential, a query or a fragment.
    """
    parts = urlsplit(url.strip())
    if "@" in parts.netloc:
        raise ValueError("the url must not hold a user or password: use a credential source")
    if parts.query or parts.fragment:
        raise ValueError(f"{url!r} must end after the path")
    if parts.scheme == "unix":
        if parts.netloc or not parts.path.startswith("/"):
            raise ValueError(f"{url!r} is not a socket address such as unix:///run/api.sock")
        return Address(url, "http://localhost", unquote(parts.path))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is not an address: use http://, https:// or unix:///path")
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{url!r} has no valid port") from error
    if port == 0:
        raise ValueError(f"{url!r} has no valid port")
    return Address(url, f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}")


def path_part(value: str, what: str) -> str:
    """Encode one part of a path.

    Raises:
        ValueError: it is empty, or a dot name that a server would take for a folder.
    """
    if not value:
        raise ValueError(f"the {what} is empty")
    if value in (".", ".."):
        raise ValueError(f"{value!r} is not a {what}")
    return quote(value, safe="")
