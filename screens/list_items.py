"""The objects of a list as a mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.lists.model import ListModel


class ShownItems(Mapping[str, Any]):
    """The objects whose rows are shown, by key."""

    def __init__(self, model: ListModel[Any]) -> None:
        self._model = model

    def __getitem__(self, key: str) -> Any:
        item = self._model.item(key)
        if item is None:
            raise KeyError(key)
        return item

    def __iter__(self) -> Iterator[str]:
        return iter(self._model.ids)

    def __len__(self) -> int:
        return len(self._model.ids)
