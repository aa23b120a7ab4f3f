"""Why the cloud refuses a request. The server gives each class one HTTP status.

CloudFault
|-- NotFoundFault   404
|-- ConflictFault   409
|-- InvalidFault    422
`-- VersionExpired  410
StoreError          503  (from `localcloud.store.errors`: the request may succeed later)
"""

from __future__ import annotations

from collections.abc import Mapping

from localcloud.store.errors import StoreError

__all__ = [
    "CloudFault",
    "ConflictFault",
    "InvalidFault",
    "NotFoundFault",
    "StoreError",
    "VersionExpired",
]


class CloudFault(Exception):
    """A request the cloud refuses, in words for a person."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        """A short word for programs, for example `name_taken`."""
        self.message = message
        self.hint = hint
        """What to do instead; may be empty."""


class NotFoundFault(CloudFault):
    """Nothing has this name."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__("not_found", f"There is no {kind} named {name!r}.")


class ConflictFault(CloudFault):
    """The state of things does not allow it now."""


class InvalidFault(CloudFault):
    """Fields that are wrong, each with its sentence."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        first = next(iter(fields.items()), ("", ""))
        super().__init__("invalid", f"{first[0]}: {first[1]}")
        self.fields = dict(fields)


class VersionExpired(CloudFault):
    """A watch asked for changes that are no longer kept."""

    def __init__(self, version: int, oldest: int) -> None:
        super().__init__(
            "version_expired",
            f"Changes since version {version} are no longer kept; the oldest is {oldest}.",
            "List again and watch from the version of that list.",
        )
