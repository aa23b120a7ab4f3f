"""The filter language: what passes, what is refused and how, and the laws it keeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_client.models.job import JobState, JobSummary, Progress
from console.present.filters import (
    JOB_FIELDS,
    NODE_FIELDS,
    Comparison,
    Filter,
    FilterError,
    Kind,
    Operator,
    Term,
    Word,
    complete,
    error_text,
    matcher,
    parse,
    server_hint,
)
from tests.console.analysis.stories import a_job, at
from tests.console.present.contexts import context

CTX = context()
JOBS = (
    a_job("llama-7b"),
    a_job("Qwen-训练", owner="bob", state=JobState.FAILED, restarts=2, nodes=(), exit_code=1),
    a_job("eval", owner="", accelerators=0, workers=1, progress=Progress(), created=at(0)),
    a_job(
        "strange", state=JobState.UNKNOWN, native="HIBERNATING", reason="needs 16, 5 free", pool=""
    ),
)


def _passing(text: str) -> list[str]:
    test = matcher(parse(text, JOB_FIELDS), JOB_FIELDS, CTX)
    return [job.name for job in JOBS if test(job)]


ALL = [job.name for job in JOBS]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ALL),
        ("state=failed", ["Qwen-训练"]),
        ("STATE=Failed", ["Qwen-训练"]),
        ("state:failed", ["Qwen-训练"]),
        ("state＝failed", ["Qwen-训练"]),
        ("state：failed　name～qwen", ["Qwen-训练"]),
        ("state=failed,running", ["llama-7b", "Qwen-训练", "eval"]),
        ("state!=failed,running", ["strange"]),
        ("-state=failed", ["llama-7b", "eval", "strange"]),
        ("owner=me", ["llama-7b", "strange"]),
        ('owner=""', ["eval"]),
        ("user=BOB", ["Qwen-训练"]),
        ("name~LLAMA", ["llama-7b"]),
        ("name!~a", ["Qwen-训练"]),
        ("restarts>0", ["Qwen-训练"]),
        ("restarts>=0 restarts<2", ["llama-7b", "eval", "strange"]),
        ("accelerators>=8", ["llama-7b", "Qwen-训练", "strange"]),
        ("age<5m", ["eval"]),
        ("age>=11m", ["llama-7b", "Qwen-训练", "strange"]),
        ("progress>=20%", ["llama-7b", "Qwen-训练", "strange"]),
        ("progress<0.5", ["llama-7b", "Qwen-训练", "strange"]),
        ("cost>79.99 cost<80.01", ALL),
        ("rate=576", ["llama-7b", "Qwen-训练", "strange"]),
        ("exit_code=1", ["Qwen-训练"]),
        ("exit_code!=1", ["llama-7b", "eval", "strange"]),
        ("created>30s", []),
        ("created>2026-11-23T20:00:00", []),
        ("created>=2026-11-23T20:00:00", ["eval"]),
        ("created<2026-11-24", ALL),
        ("nodes=node-2", ["llama-7b", "eval", "strange"]),
        ("训练", ["Qwen-训练"]),
        ("hibernating", ["strange"]),
        ('"16, 5 free"', ["strange"]),
        ("'16, 5 free'", ["strange"]),
        ("-lm", []),
        ("-running", ["Qwen-训练", "strange"]),
        ("10:30", []),
    ],
)
def test_what_passes(text: str, names: list[str]) -> None:
    assert _passing(text) == names


def test_the_words_shown_count_in_the_language_shown() -> None:
    chinese = context("zh_CN")
    test = matcher(parse("失败", JOB_FIELDS), JOB_FIELDS, chinese)
    assert [job.name for job in JOBS if test(job)] == ["Qwen-训练"]


@pytest.mark.parametrize(
    ("text", "position", "suggestion", "key"),
    [
        ("stat=failed", 0, "state", "unknown_field"),
        ("owner=me  onwer=bob", 10, "owner", "unknown_field"),
        ("-colour=red", 1, "", "unknown_field"),
        ("state=runing", 6, "running", "unknown_word"),
        ("state=failed,stoped", 13, "stopped", "unknown_word"),
        ("state>failed", 5, "=", "bad_operator"),
        ("restarts~1", 8, "=", "bad_operator"),
        ("name=", 5, "", "missing_value"),
        ("state=", 6, "queued", "missing_value"),
        ("state=failed,", 13, "queued", "missing_value"),
        ('name="x', 5, "", "unclosed_quote"),
        ('name="x"y', 5, "", "bad_term"),
        ("restarts>many", 9, "", "bad_number"),
        ("age<soon", 4, "", "bad_duration"),
        ("progress>50", 9, "", "bad_ratio"),
        ("created>yesterdayish", 8, "", "bad_time"),
        ("-", 1, "", "missing_value"),
    ],
)
def test_errors_say_where_and_what_is_close(
    text: str, position: int, suggestion: str, key: str
) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text, JOB_FIELDS)
    assert (caught.value.position, caught.value.suggestion) == (position, suggestion)
    assert caught.value.key == key
    for language in ("en", "zh_CN"):
        said = error_text(caught.value, context(language))
        assert str(position + 1) in said
        assert suggestion in said
        assert "{" not in said


def test_an_error_never_repeats_what_acts_on_a_terminal() -> None:
    with pytest.raises(FilterError) as caught:
        parse("restarts>\x1b[31m", JOB_FIELDS)
    assert "\x1b" not in error_text(caught.value, CTX)


_VALUES = {
    Kind.TEXT: st.text(max_size=8),
    Kind.NUMBER: st.integers(-99, 99).map(str),
    Kind.MONEY: st.decimals(0, 99, places=2).map(str),
    Kind.RATIO: st.integers(0, 100).map(lambda share: f"{share}%"),
    Kind.DURATION: st.sampled_from(["2h", "15m", "1d", "1h30m", "45"]),
    Kind.BYTES: st.sampled_from(["8GiB", "1MB"]),
    Kind.TIME: st.sampled_from(["2026-11-23", "2h", "2026-11-23T12:00:00Z"]),
}


@st.composite
def _terms(draw: st.DrawFn) -> Term:
    negated = draw(st.booleans())
    if draw(st.booleans()):
        return Word(draw(st.text(max_size=10)), negated)
    field = draw(st.sampled_from(list(JOB_FIELDS.fields.values())))
    operator = draw(st.sampled_from(field.operators))
    one = st.sampled_from(field.words) if field.kind is Kind.ENUM else _VALUES[field.kind]
    values = draw(st.lists(one, min_size=1, max_size=3))
    return Comparison(field.id, operator, tuple(values), negated)


_FILTERS = st.lists(_terms(), max_size=4).map(lambda terms: Filter(tuple(terms)))


@given(_FILTERS)
def test_what_is_written_reads_back_the_same(chosen: Filter) -> None:
    assert parse(str(chosen), JOB_FIELDS) == chosen


@given(st.text(max_size=30))
def test_any_text_is_a_filter_or_a_filter_error(text: str) -> None:
    try:
        chosen = parse(text, JOB_FIELDS)
    except FilterError as error:
        assert 0 <= error.position <= len(text)
    else:
        assert parse(str(chosen), JOB_FIELDS) == chosen
        matcher(chosen, JOB_FIELDS, CTX)(JOBS[0])


@given(_terms(), st.sampled_from(JOBS))
def test_a_term_turned_round_says_the_opposite(term: Term, job: JobSummary) -> None:
    turned = (
        Word(term.text, not term.negated)
        if isinstance(term, Word)
        else Comparison(term.field, term.operator, term.values, not term.negated)
    )
    straight = matcher(Filter((term,)), JOB_FIELDS, CTX)
    assert straight(job) is not matcher(Filter((turned,)), JOB_FIELDS, CTX)(job)


@given(_FILTERS, st.sampled_from(JOBS))
def test_all_terms_must_hold(chosen: Filter, job: JobSummary) -> None:
    each = [matcher(Filter((term,)), JOB_FIELDS, CTX)(job) for term in chosen.terms]
    assert matcher(chosen, JOB_FIELDS, CTX)(job) is all(each)


@given(_FILTERS, st.sampled_from(JOBS))
def test_the_server_never_leaves_out_what_passes(chosen: Filter, job: JobSummary) -> None:
    if not matcher(chosen, JOB_FIELDS, CTX)(job):
        return
    query = server_hint(chosen, CTX.me)
    assert not query.states or job.state in query.states
    assert not query.owners or job.owner in query.owners
    assert query.name_contains in job.name.casefold()


@pytest.mark.parametrize(
    ("text", "states", "owners", "name"),
    [
        ("state=failed,stopped owner=me name~Lla", {"FAILED", "STOPPED"}, ("ada",), "lla"),
        ("state=failed,running state=running", {"RUNNING"}, (), ""),
        ("-state=failed owner!=me", set(), (), ""),
        ("state=unknown,failed", set(), (), ""),
        ("owner=Bob name~a,b", set(), ("Bob", "bob"), ""),
        ("restarts>0 llama", set(), (), ""),
    ],
)
def test_what_is_asked_of_the_server(
    text: str, states: set[str], owners: tuple[str, ...], name: str
) -> None:
    query = server_hint(parse(text, JOB_FIELDS), "ada")
    assert set(query.states) == states
    assert query.owners == owners
    assert query.name_contains == name


@pytest.mark.parametrize(
    ("text", "texts", "start"),
    [
        ("st", ["state", "step", "started"], 0),
        ("owner=me -st", ["state", "step", "started"], 10),
        ("state", ["=", "!="], 5),
        ("state=", [state.value.lower() for state in JobState], 6),
        ("state=st", ["starting", "stopping", "stopped"], 6),
        ("state=failed,su", ["succeeded"], 13),
        ("owner=", ["me", "ada", "bob b"], 6),
        ("restarts>", [">="], 8),
        ("name!", ["!=", "!~"], 4),
        ("nonsense=", [], 0),
        ('"a b st', [], 0),
    ],
)
def test_candidates(text: str, texts: list[str], start: int) -> None:
    found = complete(text, len(text), JOB_FIELDS, {"owner": ["ada", "bob b"]})
    plain = [each.text.strip('"') for each in found]
    assert plain == texts
    assert all(each.start == start and each.end == len(text) for each in found)


def test_no_field_is_offered_in_the_middle_of_another_noun() -> None:
    assert [each.text for each in complete("he", 2, NODE_FIELDS)] == ["health", "heartbeat"]


def test_sets_name_only_fields_they_have() -> None:
    for fields in (JOB_FIELDS, NODE_FIELDS):
        assert set(fields.aliases.values()) <= set(fields.fields)
        assert not set(fields.aliases) & set(fields.fields)


def test_operators_follow_the_kind() -> None:
    assert JOB_FIELDS.fields["name"].operators == (
        Operator.EQUAL,
        Operator.NOT_EQUAL,
        Operator.CONTAINS,
        Operator.LACKS,
    )


_PIECE = st.text("abAß-", max_size=3)
_SEEN = st.builds(
    lambda name, owner, reason, state, nodes: a_job(
        name or "x", owner=owner, reason=reason, state=state, nodes=nodes
    ),
    _PIECE,
    _PIECE,
    _PIECE,
    st.sampled_from(JobState),
    st.lists(_PIECE, max_size=2).map(tuple),
)


@given(st.lists(_SEEN, max_size=8), st.text("abAß-", min_size=1, max_size=3))
def test_a_word_is_found_in_any_text_shown(jobs: list[JobSummary], word: str) -> None:
    test = matcher(Filter((Word(word),)), JOB_FIELDS, CTX)
    folded = word.casefold()
    for job in jobs:
        texts = [text for text in JOB_FIELDS.shown(job, CTX) if text]
        assert test(job) is any(folded in text.casefold() for text in texts)
