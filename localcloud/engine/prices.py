"""The price list: a TOML file a person may edit, and the rule that picks a price."""

from __future__ import annotations

import os
import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import tomlkit
from pydantic import ValidationError

from api_client.models.base import rfc3339
from api_client.models.billing import PriceItem, PriceList
from localcloud.engine.errors import InvalidFault, StoreError

_DEFAULTS = (
    ("slot-reserved", "Accelerator slot, reserved", "RESERVED", "12.00"),
    ("slot-spot", "Accelerator slot, spot", "SPOT", "4.80"),
)
_HEADER = (
    "What an accelerator costs per hour. Amounts are strings, so that no digit is lost.\n"
    "An empty accelerator_model matches any; a price counts from valid_from on."
)


class Prices:
    """Reads the file again when it changes; a broken file leaves the last good list in force."""

    def __init__(self, path: Path, currency: str) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._list = PriceList(items=_default_items(currency), source=str(path))
        self.problem = ""
        """Why the file is not in force; empty where it is."""
        if not path.exists():
            self._write(self._list)
        self.refresh()

    @property
    def current(self) -> PriceList:
        """The list in force."""
        return self._list

    def refresh(self) -> None:
        """Read the file again if it changed."""
        try:
            facts = self._path.stat()
            stamp = (facts.st_mtime_ns, facts.st_size)
            if stamp == self._stamp:
                return
            self._stamp = stamp
            self._list, self.problem = self._read(), ""
        except (OSError, ValueError) as error:
            self.problem = (
                f"The price list {self._path} cannot be used ({_first_line(error)});"
                " the last good prices stay in force."
            )

    def replace(self, prices: PriceList) -> PriceList:
        """Write a new list; raises `InvalidFault`, `StoreError`."""
        _check(prices)
        self._write(prices)
        self.refresh()
        return self._list

    def find(self, model: str, quota_type: str, moment: int) -> PriceItem | None:
        """The price of an accelerator-hour that begins at `moment`, seconds since 1970."""
        at = datetime.fromtimestamp(moment, UTC)
        fitting = [
            item
            for item in self._list.items
            if item.quota_type == quota_type
            and item.accelerator_model in ("", model)
            and (item.valid_from is None or item.valid_from <= at)
        ]
        beginning = datetime.min.replace(tzinfo=UTC)
        return max(
            fitting,
            key=lambda item: (bool(item.accelerator_model), item.valid_from or beginning),
            default=None,
        )

    def _read(self) -> PriceList:
        with self._path.open("rb") as file:
            data = tomllib.load(file)
        unknown = sorted(set(data) - {"price"})
        if unknown:
            raise ValueError(f"unknown key {unknown[0]!r}; only [[price]] tables are allowed")
        entries = data.get("price")
        if not isinstance(entries, list):
            raise ValueError("there is no [[price]] table")
        prices = PriceList(items=tuple(_item(entry) for entry in entries), source=str(self._path))
        try:
            _check(prices)
        except InvalidFault as fault:
            raise ValueError(fault.message) from fault
        return prices

    def _write(self, prices: PriceList) -> None:
        document = tomlkit.document()
        for line in _HEADER.splitlines():
            document.add(tomlkit.comment(line))
        tables = tomlkit.aot()
        for item in prices.items:
            tables.append(_table(item))
        document.add("price", tables)
        temporary = self._path.with_suffix(".tmp")
        try:
            temporary.write_text(tomlkit.dumps(document), encoding="utf-8")
            os.replace(temporary, self._path)
        except OSError as error:
            raise StoreError(
                f"The price list {self._path} could not be written ({error.strerror}).",
                "Check the disk.",
            ) from error


def _default_items(currency: str) -> tuple[PriceItem, ...]:
    return tuple(
        PriceItem(
            sku=sku,
            description=description,
            quota_type=quota,
            amount=Decimal(amount),
            currency=currency,
        )
        for sku, description, quota, amount in _DEFAULTS
    )


def _item(entry: object) -> PriceItem:
    if isinstance(entry, dict) and isinstance(entry.get("amount"), float):
        raise ValueError(f'amount {entry["amount"]} must be a string, for example "12.00"')
    try:
        return PriceItem.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{where}: {first['msg']}") from error


def _table(item: PriceItem) -> tomlkit.items.Table:
    table = tomlkit.table()
    table["sku"] = item.sku
    table["description"] = item.description
    table["accelerator_model"] = item.accelerator_model
    table["quota_type"] = item.quota_type
    table["unit"] = item.unit
    table["amount"] = str(item.amount)
    table["currency"] = item.currency
    if item.valid_from is not None:
        table["valid_from"] = rfc3339(item.valid_from)
    return table


def _check(prices: PriceList) -> None:
    wrong: dict[str, str] = {}
    for number, item in enumerate(prices.items):
        where = f"items.{number}"
        if not item.sku:
            wrong[f"{where}.sku"] = "is empty"
        if not item.amount.is_finite() or item.amount < 0:
            wrong[f"{where}.amount"] = "must be a number of 0 or more"
        elif item.amount > 10**12 or item.amount.as_tuple().exponent not in range(-12, 13):
            wrong[f"{where}.amount"] = "is too large or has more than 12 places"
        if len(item.currency) != 3 or not (item.currency.isascii() and item.currency.isupper()):
            wrong[f"{where}.currency"] = "must be three capital letters such as CNY"
        if item.unit != "accelerator-hour":
            wrong[f"{where}.unit"] = "must be accelerator-hour"
    if not prices.items:
        wrong["items"] = "holds no price"
    if wrong:
        raise InvalidFault(wrong)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
