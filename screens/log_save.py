"""Ctrl+S in a log: the selected lines, the matching ones, or all of it, as a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from api_client.errors import CloudError
from console.export import export_path
from console.logs.source import LogError, LogSource
from console.present.table import Tone
from console.present.units import bytes_text
from console.text import visible
from screens.base import View
from screens.log_pane import LogPane
from screens.log_words import problem_text
from screens.widgets.path_dialog import PathDialog

_PIECE = 1 << 20


def save_range(view: View, pane: LogPane) -> None:
    """Ask for a path and write there what is selected, else what is shown of the log."""
    source, shown, t = pane.source, pane.log_view, view.desk.t
    if source is None or shown.total is None:
        return
    matching = shown.matching_bytes if shown.selected_bytes is None else None
    start, end = shown.selected_bytes or (0, shown.total)
    size = end - start if matching is None else len(matching)

    def check(path: str) -> str:
        return t("screen.save.there", path=path) if export_path(path).exists() else ""

    def chosen(name: str | None) -> None:
        if name is not None:
            parts = _read(source, start, end) if matching is None else _whole(matching)
            work = _write(view, export_path(name), parts)
            view.run_worker(work, group="save", exclusive=True)

    stamp = view.desk.clock().astimezone(view.desk.zone).strftime("%Y%m%d-%H%M%S")
    title = t("logs_view.save_title", size=bytes_text(size))
    dialog = PathDialog(title, t("logs_view.save_hint"), f"log-{stamp}.log", check)
    view.app.push_screen(dialog, chosen)


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _read(source: LogSource, start: int, end: int) -> AsyncIterator[bytes]:
    while start < end:
        data = await source.read(start, min(_PIECE, end - start))
        if not data:
            return
        yield data
        start += len(data)


async def _write(view: View, path: Path, parts: AsyncIterator[bytes]) -> None:
    """Write beside the target and rename: a file that is there is replaced whole or not at all."""
    t, done = view.desk.t, 0
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as out:
            async for part in parts:
                await asyncio.to_thread(out.write, part)
                done += len(part)
                if done % (64 * _PIECE) < len(part):
                    view.say(t("logs_view.saving", size=bytes_text(done)), tone=Tone.DIM)
        beside.replace(path)
    except (CloudError, LogError) as error:
        beside.unlink(missing_ok=True)
        view.say(problem_text(error, view.desk), tone=Tone.FAILED)
    except OSError as error:
        beside.unlink(missing_ok=True)
        why = visible(error.strerror or str(error))
        view.say(t("screen.save.failed", path=visible(str(path)), why=why), tone=Tone.FAILED)
    else:
        words = {"size": bytes_text(done), "path": visible(str(path))}
        view.say(t("logs_view.saved", **words), tone=Tone.OK)
