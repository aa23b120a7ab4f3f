"""Records that come by the thousand: small in memory, decoded straight from the bytes."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, ClassVar, TypeVar, cast, dataclass_transform, get_args

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

    SHARED: ClassVar[tuple[str, ...]] = ()
    """Fields whose words many records have in common; each word is then kept once."""
    LATE_TYPES: ClassVar[tuple[str, ...]] = ()
    """Types of fields that the module loads when the first such record is read or written."""


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
    return _ENCODER.encode(record if _is_spelled(record) else _for_the_wire(record))


def indented(record: Any) -> str:
    """The JSON of `to_json` over many lines, for people."""
    return msgspec.json.format(to_json(record), indent=2).decode()


def plain(value: Any) -> Any:
    """The same as dicts and lists under the names the fields have in Python."""
    if isinstance(value, Slim):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return list(map(plain, value))
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Decimal):
        return exact_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=False)
    return value


def from_json(data: bytes | str, kind: type[T]) -> T:
    """Read a record, or a list of them.

    Raises:
        Malformed: it is no JSON, or not of that shape.
    """
    try:
        found: T = _decoder(cast(Hashable, kind)).decode(data)
        _share_words(found)
        return found if _is_in_utc(found, data) else cast(T, _in_utc(found))
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _malformed(error) from error


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    for each in (kind, *get_args(kind)):
        if isinstance(each, type) and issubclass(each, Slim):
            fields_of(each)
    return msgspec.json.Decoder(kind, dec_hook=_read_model)


@cache
def fields_of(kind: type[Slim]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """The fields with their types, also those whose module is loaded late."""
    for name in kind.LATE_TYPES:
        getattr(sys.modules[kind.__module__], name)
    return msgspec.structs.fields(kind)


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
def _fields_that(mention: Callable[[Any], bool], kind: type[Slim]) -> tuple[str, ...]:
    return tuple(field.name for field in fields_of(kind) if mention(field.type))


def _mentions_spelled(kind: Any) -> bool:
    """Whether a value of it may be spelled by the encoder in another way than by the API."""
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
        for name in _fields_that(_mentions_spelled, type(value)):
            inner = getattr(value, name)
            if inner is not None and not _is_spelled(inner):
                return False
        return True
    if isinstance(value, tuple | list):
        return all(map(_is_spelled, value))
    if isinstance(value, dict):
        return all(map(_is_spelled, value.values()))
    return not isinstance(value, Decimal)


def _for_the_wire(value: Any) -> Any:
    """What the encoder is given; only what it would spell otherwise is spelled out here."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Decimal):
        return exact_text(value)
    if isinstance(value, Slim):
        kind = type(value)
        written = dict(zip(kind.__struct_fields__, msgspec.structs.astuple(value), strict=True))
        for name in _fields_that(_mentions_spelled, kind):
            if written[name] is not None:
                written[name] = _for_the_wire(written[name])
        return dict(zip(kind.__struct_encode_fields__, written.values(), strict=True))
    if isinstance(value, tuple | list):
        return list(map(_for_the_wire, value))
    if isinstance(value, dict):
        return {key: _for_the_wire(item) for key, item in value.items()}
    return value


def _share_words(value: Any) -> None:
    if isinstance(value, tuple | list):
        if value and isinstance(value[0], Slim):
            _share_among(value)
    elif isinstance(value, Slim):
        _share_among((value,))


def _share_among(records: Sequence[Slim]) -> None:
    """Records of one type; the loop is bare because it runs for every object of a list."""
    kind = type(records[0])
    names, holders = kind.SHARED, _fields_that(_mentions_shared, kind)
    intern, put = sys.intern, msgspec.structs.force_setattr
    for record in records:
        for name in names:
            words = getattr(record, name)
            if words:
                put(
                    record, name, intern(words) if type(words) is str else tuple(map(intern, words))
                )
        for name in holders:
            _share_words(getattr(record, name))


def _mentions_shared(kind: Any) -> bool:
    if isinstance(kind, type) and issubclass(kind, Slim):
        return bool(kind.SHARED or _fields_that(_mentions_shared, kind))
    return isinstance(kind, TypeVar) or any(map(_mentions_shared, get_args(kind)))


_PLUS_OFFSET = re.compile(rb'\+\d\d:?\d\d"')


def _is_in_utc(found: Any, data: bytes | str) -> bool:
    """Whether every moment was written in UTC.

    A server writes its moments in one way, so of offsets to the west a few records tell; a look
    at every record would cost more than reading them did. Those to the east stand out by `+`.
    """
    if isinstance(data, str):
        data = data.encode() if "+" in data else b""
    if b"+" in data and _PLUS_OFFSET.search(data):
        return False
    return _sample_is_in_utc(found)


def _sample_is_in_utc(value: Any) -> bool:
    if isinstance(value, datetime):
        return value.tzinfo is UTC
    if isinstance(value, tuple | list):
        return all(map(_sample_is_in_utc, (*value[:2], *value[-2:])))
    if isinstance(value, Slim):
        inner = (getattr(value, name) for name in _fields_that(_mentions_spelled, type(value)))
        return all(map(_sample_is_in_utc, inner))
    return True


def _in_utc(value: Any) -> Any:
    if isinstance(value, datetime):
        return value if value.tzinfo is UTC else to_utc(value)
    if isinstance(value, tuple | list):
        return type(value)(map(_in_utc, value))
    if isinstance(value, Slim):
        found = {
            name: getattr(value, name) for name in _fields_that(_mentions_spelled, type(value))
        }
        moved = {name: _in_utc(inner) for name, inner in found.items()}
        changed = {name: inner for name, inner in moved.items() if inner is not found[name]}
        return replace(value, **changed) if changed else value
    return value
