"""The filter language of every list, on screen and on the command line.

Terms stand apart by blanks and must all hold: `state=failed,stopped owner=me age<2h -llama`.
`=` equals, `!=` differs, `~` contains, `!~` lacks, `< <= > >=` compare; commas give
alternatives; `-` turns a term round; a bare word is looked for in all text shown. Values with
blanks or signs stand in quotes. Case does not matter; full-width signs are understood.
"""

from __future__ import annotations

from console.present.filters.ast import Comparison, Filter, FilterError, Operator, Term, Word
from console.present.filters.complete import Candidate, CandidateKind, complete
from console.present.filters.fields import Field, FieldSet
from console.present.filters.hint import event_hint, server_hint
from console.present.filters.match import matcher
from console.present.filters.nouns import (
    CHARGE_FIELDS,
    EVENT_FIELDS,
    INCIDENT_FIELDS,
    JOB_FIELDS,
    NODE_FIELDS,
)
from console.present.filters.parse import parse
from console.present.filters.values import Kind
from console.present.filters.wording import error_text

__all__ = [
    "CHARGE_FIELDS",
    "EVENT_FIELDS",
    "INCIDENT_FIELDS",
    "JOB_FIELDS",
    "NODE_FIELDS",
    "Candidate",
    "CandidateKind",
    "Comparison",
    "Field",
    "FieldSet",
    "Filter",
    "FilterError",
    "Kind",
    "Operator",
    "Term",
    "Word",
    "complete",
    "error_text",
    "event_hint",
    "matcher",
    "parse",
    "server_hint",
]
