"""Records that come by the thousand: small in memory, decoded straight from the bytes."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Hashable
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast, dataclass_transform, get_args, get_origin

import msgspec

from api_client.models.scalars import exact_text, rfc3339, to_utc

T = TypeVar("T")
S = TypeVar("S", bound="Slim")


class _SlimMeta(msgspec.StructMeta):
    def __new__(
        mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any
    ) -> _SlimMeta:
        # Structs do not hand these down to their subclasses by themselves.
        options = {"frozen": True, "gc": False, "kw_only": True, **options}
        return super().__new__(mcls, name, bases, namespace, **options)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class Slim(msgspec.Struct, frozen=True, metaclass=_SlimMeta):
    """A record that never changes; fields a newer server adds are ignored.

    Values given by keyword are taken as they are; values read from JSON are checked.
    """


class Malformed(ValueError):
    """A document is not of the shape asked for; `place` is dotted, empty at the start."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}" if place else why)
        self.place = place
        self.why = why


def replace(record: S, **changes: Any) -> S:
    """The same record with some fields changed."""
    return msgspec.structs.replace(record, **changes)


def to_json(record: Any) -> bytes:
    """JSON as the Tenant API has it: names of the wire, moments RFC 3339, amounts as text."""
    return _ENCODER.encode(record if _is_spelled(record) else _spelled(record, wire=True))


def indented(record: Any) -> str:
    """The JSON of `to_json` over many lines, for people."""
    return msgspec.json.format(to_json(record), indent=2).decode()


def plain(record: Any) -> Any:
    """The same as dicts and lists under the names the fields have in Python."""
    return _spelled(record, wire=False)


def from_json(data: bytes | str, kind: type[T]) -> T:
    """Read a record, or a list of them.

    Raises:
        Malformed: it is no JSON, or not of that shape.
    """
    try:
        found: T = _decoder(cast(Hashable, kind)).decode(data)
        return cast(T, _in_utc(found)) if _has_offsets(data) else found
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _malformed(error) from error


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    for each in (kind, *get_args(kind)):
        _load_late_types(get_origin(each) or each)
    return msgspec.json.Decoder(kind, dec_hook=_read_model)


def _load_late_types(kind: Any) -> None:
    """Let a module import the types it names but leaves unloaded until one is read."""
    module = sys.modules.get(getattr(kind, "__module__", ""))
    for name in getattr(module, "LATE_TYPES", ()):
        getattr(module, name)


def _read_model(kind: Any, value: Any) -> Any:
    validate = getattr(kind, "model_validate", None)
    if validate is None:
        raise NotImplementedError(f"{kind} cannot be read from JSON")
    from pydantic import ValidationError

    try:
        return validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{place}: {first['msg']}" if place else first["msg"]) from error


def _write_model(value: Any) -> Any:
    if hasattr(value, "model_dump_json"):
        return msgspec.Raw(value.model_dump_json().encode())
    raise NotImplementedError(f"{type(value)} cannot be written as JSON")


_ENCODER = msgspec.json.Encoder(enc_hook=_write_model)

_PLACE = re.compile(r" - at `(?:key in )?\$(.*)`$", re.DOTALL)
_MISSING = re.compile(r"missing required field `(.*)`")


def _malformed(error: Exception) -> Malformed:
    said = str(error) if not isinstance(error, RecursionError) else "nested too deeply"
    match = _PLACE.search(said)
    place = "" if match is None else match[1].replace("[", ".").replace("]", "").lstrip(".")
    why = _PLACE.sub("", said)
    missing = _MISSING.search(why)
    if missing is not None:
        place = f"{place}.{missing[1]}".lstrip(".")
    return Malformed(place, why)


@cache
def _spelling_fields(kind: type[Slim]) -> tuple[str, ...]:
    """Fields that may hold a value the encoder spells in another way than the API."""
    return tuple(
        field.name for field in msgspec.structs.fields(kind) if _mentions_spelled(field.type)
    )


def _mentions_spelled(kind: Any) -> bool:
    if isinstance(kind, TypeVar) or kind is Any:
        return True
    if isinstance(kind, type) and issubclass(kind, datetime | Decimal | Slim):
        return True
    return any(_mentions_spelled(each) for each in get_args(kind))


def _is_spelled(value: Any) -> bool:
    """True where the encoder alone writes what the API says; then nothing is copied."""
    if isinstance(value, datetime):
        return value.tzinfo is UTC and not value.microsecond
    if isinstance(value, Slim):
        for name in _spelling_fields(type(value)):
            inner = getattr(value, name)
            if inner is not None and not _is_spelled(inner):
                return False
        return True
    if isinstance(value, tuple | list):
        return all(map(_is_spelled, value))
    if isinstance(value, dict):
        return all(map(_is_spelled, value.values()))
    return not isinstance(value, Decimal)


def _spelled(value: Any, *, wire: bool) -> Any:
    if isinstance(value, Slim):
        names = value.__struct_encode_fields__ if wire else value.__struct_fields__
        return {
            name: _spelled(getattr(value, field), wire=wire)
            for name, field in zip(names, value.__struct_fields__, strict=True)
        }
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Decimal):
        return exact_text(value)
    if isinstance(value, dict):
        return {str(key): _spelled(item, wire=wire) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_spelled(item, wire=wire) for item in value]
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=wire)
    raise TypeError(f"{type(value)} cannot be written as JSON")


_OFFSET_ENDS = tuple(f':{minutes}"' for minutes in ("00", "30", "45", "15"))
_OFFSET_END_BYTES = tuple(end.encode() for end in _OFFSET_ENDS)


def _has_offsets(data: bytes | str) -> bool:
    """Whether some moment may be written in another zone than UTC."""
    if isinstance(data, str):
        return any(end in data for end in _OFFSET_ENDS)
    return any(end in data for end in _OFFSET_END_BYTES)


def _in_utc(value: Any) -> Any:
    if isinstance(value, datetime):
        return value if value.tzinfo is UTC else to_utc(value)
    if isinstance(value, tuple | list):
        return type(value)(map(_in_utc, value))
    if isinstance(value, Slim):
        found = {name: getattr(value, name) for name in _spelling_fields(type(value))}
        moved = {name: _in_utc(inner) for name, inner in found.items()}
        changed = {name: inner for name, inner in moved.items() if inner is not found[name]}
        return replace(value, **changed) if changed else value
    return value
