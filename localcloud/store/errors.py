"""What can go wrong with the file the cloud remembers in."""

from __future__ import annotations


class StoreError(Exception):
    """The database cannot be read or written; the text is one sentence for a person."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        """What to do about it."""

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()
