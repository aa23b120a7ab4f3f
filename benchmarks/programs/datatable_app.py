"""The framework's own table."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import DataTable

from benchmarks.programs.list_app import ListApp, run
from benchmarks.programs.rows import COLUMNS, WANTED, as_text, changed


class DataTableApp(ListApp):
    """`textual.widgets.DataTable`."""

    def compose(self) -> ComposeResult:
        yield DataTable[str](cursor_type="row")

    def on_mount(self) -> None:
        self.table.add_columns(*((name, name) for name in COLUMNS))

    @property
    def table(self) -> DataTable[str]:
        return self.query_one(DataTable)

    async def load(self) -> None:
        for record in self.records:
            self.table.add_row(*as_text(record), key=record[0])
        self.table.focus()

    async def sort(self) -> None:
        self.table.sort("name", reverse=self.sorted_down)
        self.sorted_down = not self.sorted_down

    async def narrow(self) -> None:
        self.narrowed = not self.narrowed
        self.table.clear()
        for record in self.records:
            if not self.narrowed or record[2] == WANTED:
                self.table.add_row(*as_text(record), key=record[0])

    def burst(self, number: int) -> None:
        for at in changed(self.count, number):
            self.table.update_cell(self.records[at][0], "progress", f"{number % 100}.0%")


if __name__ == "__main__":
    run(DataTableApp)
