from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from console.audit import Audit, AuditError


def test_an_attempt_and_its_end_are_two_private_lines(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "state" / "audit.jsonl")
    attempt = audit.attempt(
        principal="kim", profile="local", action="x_job.cancel", target="job/a", reason="sl\now"
    )
    audit.ended(attempt, "done", request_id="r1")
    lines = [json.loads(line) for line in audit.file.read_text().splitlines()]
    assert [line["outcome"] for line in lines] == ["attempt", "done"]
    assert lines[0]["id"] == lines[1]["id"] and lines[1]["request_id"] == "r1"
    assert lines[0]["reason"] == "sl\now" and lines[0]["time"].endswith("Z")
    assert stat.S_IMODE(os.stat(audit.file).st_mode) == 0o600


def test_a_torn_line_hides_nothing_else(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    first = audit.attempt(principal="k", profile="p", action="a", target="t")
    with audit.file.open("a") as file:
        file.write('{"id": "cut\n')
    audit.ended(first, "done")
    assert [entry.outcome for entry in audit.entries()] == ["attempt", "done"]


def test_a_full_disk_or_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for file in (tmp_path / "file" / "audit.jsonl", Path("/dev/full")):
        if file.parent.name == "dev" and not file.exists():
            continue
        with pytest.raises(AuditError, match="cannot be written"):
            Audit(file).attempt(principal="k", profile="p", action="a", target="t")
