"""Long sequences whose parts are made when they are looked at: references, rows, records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar, overload

from api_client.models.base import Ref

T = TypeVar("T")


class Refs(Sequence[Ref]):
    """References of one kind. A hundred thousand marks cost a list of keys, no more."""

    def __init__(self, kind: str, keys: Sequence[str]) -> None:
        self.kind = kind
        self.keys = keys

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, index: int) -> Ref: ...

    @overload
    def __getitem__(self, index: slice) -> Refs: ...

    def __getitem__(self, index: int | slice) -> Ref | Refs:
        if isinstance(index, slice):
            return Refs(self.kind, self.keys[index])
        return Ref(kind=self.kind, id=self.keys[index])

    def __iter__(self) -> Iterator[Ref]:
        return (Ref(kind=self.kind, id=key) for key in self.keys)


def kinds(subjects: Sequence[Ref]) -> tuple[str, ...]:
    """The kinds of objects among these, each once."""
    if isinstance(subjects, Refs):
        return (subjects.kind,) if len(subjects) else ()
    return tuple(dict.fromkeys(ref.kind for ref in subjects))


def names_of(subjects: Sequence[Ref], kind: str) -> list[str]:
    """The names of those that are of a kind."""
    if isinstance(subjects, Refs):
        return list(subjects.keys) if subjects.kind == kind else []
    return [ref.id for ref in subjects if ref.kind == kind]


class Made(Sequence[T]):
    """Something of each object, made when it is asked for."""

    def __init__(self, items: Sequence[Any], make: Callable[[Any], T]) -> None:
        self._items = items
        self._make = make

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Made[T]: ...

    def __getitem__(self, index: int | slice) -> T | Made[T]:
        if isinstance(index, slice):
            return Made(self._items[index], self._make)
        return self._make(self._items[index])
