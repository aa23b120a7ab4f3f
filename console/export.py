"""What a list shows, as a file: a table as CSV, or the objects themselves as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from errno import EISDIR, ENOENT
from pathlib import Path

from api_client.models.slim import Slim, plain
from console.present.table import Column, Row
from console.toml_file import write_atomic


def csv_text(columns: Sequence[Column], titles: Mapping[str, str], rows: Sequence[Row]) -> str:
    """The table with its headings, whole cells in the order shown; no signs, only words."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([titles.get(column.id, column.id) for column in columns])
    for row in rows:
        cells = [row.cells.get(column.id) for column in columns]
        writer.writerow([cell.text if cell else "" for cell in cells])
    return out.getvalue()


def json_text(objects: Sequence[Slim]) -> str:
    """The domain models under their field names, as `--json` prints them."""
    values = [plain(each) for each in objects]
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def export_path(name: str) -> Path:
    """The file a typed path means; relative ones are in the current folder."""
    return Path(name).expanduser().absolute()


def write_export(path: Path, text: str) -> None:
    """Write the file whole or not at all; one that is there is replaced.

    Raises:
        OSError: it cannot be written.
    """
    if path.is_dir():
        raise IsADirectoryError(EISDIR, "is a folder", str(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(ENOENT, "there is no such folder", str(path.parent))
    write_atomic(path, text.encode())
