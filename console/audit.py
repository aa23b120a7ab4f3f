"""The append-only record of every write the console tries, and of how each ended."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from api_client.models.slim import Slim, from_json, plain, replace
from console import paths


class AuditError(Exception):
    """The record cannot be written, so the write it announces must not happen."""


class Entry(Slim):
    """One line: an attempt (`outcome` is `attempt`) or how it ended, joined by `id`."""

    id: str
    time: datetime
    principal: str
    profile: str
    action: str
    target: str
    reason: str = ""
    request_id: str = ""
    outcome: str
    """attempt, done, refused, failed or unknown."""
    detail: str = ""


def _now() -> datetime:
    return datetime.now(UTC)


class Audit:
    """Appends to one file, mode 0600, each line in a single write that reaches the disk."""

    def __init__(self, file: Path | None = None, clock: Callable[[], datetime] = _now) -> None:
        self._file = file
        self._clock = clock

    @property
    def file(self) -> Path:
        """Where the record is."""
        return self._file or paths.audit_file()

    def attempt(
        self, *, principal: str, profile: str, action: str, target: str, reason: str = ""
    ) -> Entry:
        """Record that a write is about to be sent.

        Raises:
            AuditError: it cannot be recorded; do not send the write.
        """
        # Imported here: most consoles are opened to look.
        import uuid

        entry = Entry(
            id=uuid.uuid4().hex,
            time=self._clock(),
            principal=principal,
            profile=profile,
            action=action,
            target=target,
            reason=reason,
            outcome="attempt",
        )
        self._append(entry)
        return entry

    def ended(
        self, attempt: Entry, outcome: str, *, detail: str = "", request_id: str = ""
    ) -> Entry:
        """Record how an attempt ended.

        Raises:
            AuditError: it cannot be recorded; the write itself has happened.
        """
        entry = replace(
            attempt,
            time=self._clock(),
            outcome=outcome,
            detail=detail,
            request_id=request_id,
        )
        self._append(entry)
        return entry

    def _append(self, entry: Entry) -> None:
        import json

        line = json.dumps(plain(entry), ensure_ascii=True) + "\n"
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            handle = os.open(self.file, flags, 0o600)
            try:
                _write_line(handle, line.encode())
            finally:
                os.close(handle)
        except OSError as error:
            raise AuditError(
                f"the audit file {self.file} cannot be written: {error.strerror}"
            ) from error

    def entries(self) -> Iterator[Entry]:
        """Every readable line, oldest first; a line cut short by a crash is left out."""
        try:
            lines = self.file.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            try:
                yield from_json(line.encode(), Entry)
            except ValueError:
                continue


def _write_line(handle: int, line: bytes) -> None:
    written = os.write(handle, line)
    if written != len(line):
        # A half line must not swallow the next entry.
        os.write(handle, b"\n")
        raise OSError(28, "No space left on device")
    os.fsync(handle)
