"""Good traces with a cell or a piece exchanged: replayed, or refused with one line."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from localcloud.server.simulated import replayed
from localcloud.simulator.traces.record import TraceError
from tests.localcloud.simulator.traces.written import KNOWS_STATES, NO_STATES, Job, openb

KINDS = ("ok", "fail", "stop", "run", "queue")
JOBS = [Job(at * 7, at % 3 * 60, at * 100, at % 9, KINDS[at % 5]) for at in range(6)]
TEXTS = [form(JOBS) for form in (*KNOWS_STATES.values(), *NO_STATES.values(), openb)]
PIECES = (
    "", "-1", "0", "1e308", "1e999999999", "nan", "inf", "None", "9" * 30, "-9999999999999",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "[1,2]", "{}", '{"a":1}', "gpu:8", "RUNNING",
    "\0", '"', "٣", "1_0", "+5", "1e-400", "--", "\t", "\n",
)  # fmt: skip
PLACE = st.floats(0, 1, exclude_max=True)


@settings(max_examples=150, deadline=None)
@given(
    text=st.sampled_from(TEXTS),
    changes=st.lists(st.tuples(PLACE, st.sampled_from(PIECES)), min_size=1, max_size=5),
)
def test_a_trace_with_pieces_exchanged(text: str, changes: list[tuple[float, str]]) -> None:
    pieces = re.split(r'([,;|\n:\[\]{}"])', text)
    for place, piece in changes:
        pieces[int(place * len(pieces))] = piece
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trace"
        file.write_text("".join(pieces), encoding="utf-8")
        try:
            figures = replayed(file, lambda line: None)
        except TraceError as error:
            assert str(error).startswith(str(file)) and str(error).isprintable()
        else:
            assert sum(figures["states"].values()) == figures["jobs"]
