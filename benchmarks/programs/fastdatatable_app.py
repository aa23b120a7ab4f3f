"""The table of textual-fastdatatable, on Arrow; runs in the peers' environment."""

from __future__ import annotations

import pyarrow.compute as compute
from textual.app import ComposeResult
from textual.widgets import Static
from textual_fastdatatable import ArrowBackend, DataTable

from benchmarks.programs.list_app import ListApp, run
from benchmarks.programs.rows import COLUMNS, WANTED, as_text, changed


class FastDataTableApp(ListApp):
    """`textual_fastdatatable.DataTable`."""

    def compose(self) -> ComposeResult:
        yield Static("empty")

    @property
    def table(self) -> DataTable:
        return self.query_one(DataTable)

    async def load(self) -> None:
        texts = [as_text(record) for record in self.records]
        columns = dict(zip(COLUMNS, map(list, zip(*texts, strict=True)), strict=True))
        await self._show(ArrowBackend.from_pydict(columns))

    async def _show(self, backend: ArrowBackend) -> None:
        """Other rows are another table: its backend is given to it when it is made."""
        await self.query("Static, DataTable").remove()
        table = DataTable(backend=backend, cursor_type="row")
        await self.mount(table)
        table.focus()

    async def sort(self) -> None:
        order = "descending" if self.sorted_down else "ascending"
        self.table.sort([("name", order)])
        self.sorted_down = not self.sorted_down

    async def narrow(self) -> None:
        if not self.narrowed:
            backend = self.table.backend
            assert isinstance(backend, ArrowBackend)
            data = self.whole = backend.source_data
            await self._show(ArrowBackend(data.filter(compute.equal(data["owner"], WANTED))))
        else:
            await self._show(ArrowBackend(self.whole))
        self.narrowed = not self.narrowed

    def burst(self, number: int) -> None:
        for at in changed(self.count, number):
            self.table.update_cell(at, 6, f"{number % 100}.0%")


if __name__ == "__main__":
    run(FastDataTableApp)
