"""Turns the status and body of a refused call into the error tree."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from api_client import errors
from api_client.exchange import RangeNotSatisfiable
from api_client.redaction import redact

_LONGEST_DETAIL = 500
_LONGEST_PAUSE = 900.0
"""Seconds; a service that asks for more is asked again after so long all the same."""

_BY_STATUS: Mapping[int, type[errors.CloudError]] = {
    400: errors.InvalidRequest,
    401: errors.Authentication,
    403: errors.Permission,
    404: errors.NotFound,
    405: errors.Unsupported,
    408: errors.TimedOut,
    409: errors.Conflict,
    410: errors.Expired,
    413: errors.InvalidRequest,
    416: errors.InvalidRequest,
    422: errors.InvalidRequest,
    429: errors.RateLimited,
    501: errors.Unsupported,
    504: errors.TimedOut,
}

WRITE_MAY_HAVE_HAPPENED = frozenset({500, 502, 504})
"""Answers after which nobody knows whether a write took effect."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a service said when it did not do what was asked."""

    status: int
    detail: str
    hint: str = ""
    request_id: str = ""
    retry_after: float | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


def refused(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    action: str,
    provider: str,
    request_id: str,
    secrets: Collection[str],
    write: bool,
) -> errors.CloudError:
    """The error a refused call raises, without any of the secrets in it."""
    refusal = read_refusal(status, headers, body, request_id, datetime.now(UTC))
    if 300 <= status < 400 and "location" in headers:
        refusal = replace(refusal, hint="the service moved: use its new address as the url")
    clean = without_secrets(refusal, secrets)
    if status == 416:
        empty = RangeNotSatisfiable(action, clean.detail, status=status)
        empty.headers = dict(headers)
        return empty
    return refusal_error(clean, action=action, provider=provider, write=write)


def read_refusal(
    status: int, headers: Mapping[str, str], body: bytes, request_id: str, now: datetime
) -> Refusal:
    """Read our error body `{"error": {...}}`, or make the best of another."""
    said = _error_object(body)
    detail = _text(said.get("message")) or _plain(headers, body) or f"HTTP status {status}"
    fields = said.get("fields")
    return Refusal(
        status=status,
        detail=detail[:_LONGEST_DETAIL],
        hint=_text(said.get("hint")),
        request_id=headers.get("x-request-id") or _text(said.get("request_id")) or request_id,
        retry_after=retry_after_seconds(headers.get("retry-after"), _server_now(headers, now)),
        fields={str(key): str(value) for key, value in fields.items()}
        if isinstance(fields, dict)
        else {},
    )


def without_secrets(refusal: Refusal, secrets: Collection[str]) -> Refusal:
    """The same, fit to be shown."""
    return replace(
        refusal,
        detail=redact(refusal.detail, secrets),
        hint=redact(refusal.hint, secrets),
        fields={name: redact(why, secrets) for name, why in refusal.fields.items()},
    )


def refusal_error(
    refusal: Refusal, *, action: str, provider: str, write: bool
) -> errors.CloudError:
    """The error a refused call raises."""
    facts: dict[str, Any] = {
        "hint": refusal.hint,
        "provider": provider,
        "request_id": refusal.request_id,
        "status": refusal.status,
    }
    if write and refusal.status in WRITE_MAY_HAVE_HAPPENED:
        return errors.OutcomeUnknown(action, refusal.detail, **facts)
    kind = _BY_STATUS.get(refusal.status)
    if kind is None:
        kind = errors.Unavailable if refusal.status >= 500 else errors.BadReply
    if kind is errors.InvalidRequest:
        return errors.InvalidRequest(action, refusal.detail, fields=refusal.fields, **facts)
    if kind is errors.RateLimited:
        return errors.RateLimited(action, refusal.detail, retry_after=refusal.retry_after, **facts)
    error = kind(action, refusal.detail, **facts)
    if isinstance(error, errors.Unavailable):
        error.retry_after = refusal.retry_after
    return error


def _server_now(headers: Mapping[str, str], now: datetime) -> datetime:
    """A date in the answer is one by the server's clock, which need not be ours."""
    try:
        said = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, IndexError):
        return now
    return said if said.tzinfo is not None else said.replace(tzinfo=UTC)


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Read Retry-After, in seconds or as an HTTP date; `None` when absent or unreadable."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) <= 300:
        return min(float(text), _LONGEST_PAUSE)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), _LONGEST_PAUSE)


def _error_object(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    said = document.get("error") if isinstance(document, dict) else None
    if isinstance(said, str):
        return {"message": said}
    return said if isinstance(said, dict) else {}


def _plain(headers: Mapping[str, str], body: bytes) -> str:
    if not headers.get("content-type", "").startswith("text/plain"):
        return ""
    return body[:_LONGEST_DETAIL].decode("utf-8", "replace").strip()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
