"""The table of actions. Help, footer, palette, commands and `--spec` are made from it."""

from __future__ import annotations

from console.actions.action import Action, Danger
from console.actions.rows import rows_of

_GLOBAL = rows_of(
    "global",
    "general",
    """
    help: question_mark,f1
    command: colon
    filter: slash,f4
    palette: ctrl+p
    interrupt: ctrl+c
    suspend: ctrl+z
    refresh: r,ctrl+r,f5
    redraw: ctrl+l
    fullscreen: f
    problems_only: exclamation_mark
    money: dollar_sign
    why: i
    copy: c
    save: ctrl+s
    theme:
    language:
    """,
) + [
    Action("global.close_or_quit", "global", ("q", "f10"), word="close", group="general"),
    Action("global.quit", "global", ("ctrl+q",), word="quit", aliases=("exit",), group="general"),
    Action("global.actions", "global", ("x",), word="actions", group="general"),
    Action(
        "global.new",
        "global",
        ("plus",),
        Danger.DRAFT,
        word="new",
        aliases=("submit",),
        needs="jobs.write",
        group="general",
        cli="jobs submit",
    ),
    Action("global.open_file", "global", (), word="open-file", group="general"),
    Action(
        "global.example",
        "global",
        (),
        Danger.DRAFT,
        word="example",
        needs="jobs.write",
        group="general",
    ),
]

_MOVING = rows_of(
    "global",
    "moving",
    """
    back: escape
    next_pane: tab
    prev_pane: shift+tab
    history_back: left_square_bracket,alt+left
    history_forward: right_square_bracket,alt+right
    last_view: minus
    prev_tab: left_parenthesis
    next_tab: right_parenthesis
    """,
)

_TIME = rows_of(
    "global",
    "time",
    """
    time_range: t
    time_back: left_curly_bracket,ctrl+left
    time_forward: right_curly_bracket,ctrl+right
    """,
)


def _place(name: str, key: str, *aliases: str, needs: str | None = None, cli: str = "") -> Action:
    return Action(
        f"place.{name}",
        "global",
        (key,) if key else (),
        word=name,
        aliases=aliases,
        needs=needs,
        group="places",
        cli=cli,
    )


_PLACES = [
    _place("overview", "1", "home", needs="identity"),
    _place("jobs", "2", "job", needs="jobs.read", cli="jobs ls"),
    _place("compute", "3", "nodes", "node", needs="nodes.read", cli="nodes ls"),
    _place("incidents", "4", "incident", needs="events.stream", cli="incidents ls"),
    _place("tuning", "5", "finetuning", needs="finetuning"),
    _place("billing", "6", "cost", needs="billing.read", cli="cost"),
    _place("alerts", "7", "alert", needs="alerts.read"),
    _place("models", "8", "endpoints", needs="models.read"),
    _place("settings", "9", "preferences"),
    _place("profiles", "at", "contexts", "profile", cli="profiles ls"),
    _place("inbox", "number_sign", "notices"),
]

_LIST_MOVING = rows_of(
    "list",
    "moving",
    """
    down: j,down
    up: k,up
    into: l,right
    out: h,left
    top: g,home
    bottom: G,end
    half_down: ctrl+d
    half_up: ctrl+u
    page_down: pagedown,ctrl+f
    page_up: pageup
    """,
)

_LIST = rows_of(
    "list",
    "list",
    """
    open: enter
    mark: space
    mark_range: V
    mark_all: asterisk
    describe: d
    raw: y
    pin: m
    mine: M
    related: o,J
    column_left: shift+left
    column_right: shift+right
    sort_column: O,f6
    sort_prev: less_than_sign,comma
    sort_next: greater_than_sign,full_stop
    group: b
    fold: z
    fold_all: Z
    arrays: a
    columns: C,f2
    wide: w
    view_mode: v
    """,
) + [
    Action("list.views", "list", ("F",), word="view", aliases=("views",), group="list"),
    Action("list.save_view", "list", (), word="save-view", group="list"),
    Action("list.copy_view", "list", (), word="copy-view", group="list"),
    Action("list.forget_view", "list", (), word="forget-view", group="list"),
    Action(
        "list.logs", "list", ("L",), word="logs", needs="logs.read", group="list", cli="jobs logs"
    ),
    Action(
        "list.previous_logs",
        "list",
        ("p",),
        word="previous-logs",
        needs="logs.read",
        group="list",
    ),
    Action(
        "list.edit", "list", ("e",), Danger.DRAFT, word="edit", needs="jobs.write", group="list"
    ),
    Action(
        "list.resubmit",
        "list",
        ("S",),
        Danger.DRAFT,
        word="resubmit",
        aliases=("clone",),
        needs="jobs.write",
        group="list",
    ),
]

_TEXT = rows_of(
    "text",
    "text",
    """
    down: j,down
    up: k,up
    left: h,left
    right: l,right
    top: g,home
    bottom: G,end
    half_down: ctrl+d
    half_up: ctrl+u
    page_down: space,pagedown,ctrl+f
    page_up: b,pageup
    search_next: n,f3
    search_prev: N
    follow: F,s
    wrap: w
    first_error: e
    next_error: E
    ranks: a
    yank: y
    pager: P
    editor: alt+e
    previous_logs: p
    only_matching: ampersand
    whole_line: d
    mark_line: m
    next_mark: greater_than_sign
    prev_mark: less_than_sign
    select: v,V
    """,
)

_CHART = rows_of(
    "chart",
    "chart",
    """
    cursor_left: h,left,a
    cursor_right: l,right,d
    next_chart: j,down,s
    prev_chart: k,up,w
    pause_live: space
    zoom_in: z
    zoom_out: Z
    zoom_reset: home
    as_table: T
    open: enter
    """,
)

_MAP = rows_of("map", "chart", "zoom_in: z\nzoom_out: Z\nmap_mode: b")

_FORM = rows_of("form", "form", "next_field: tab\nprev_field: shift+tab", worded=False) + [
    Action("form.review", "form", ("ctrl+s", "f8"), Danger.DRAFT, group="form")
]


def _ask(
    action_id: str,
    letters: str,
    word: str,
    *aliases: str,
    needs: str,
    cli: str = "",
    irreversible: bool = False,
) -> Action:
    context = action_id.partition(".")[0]
    return Action(
        action_id,
        context,
        tuple(letters),
        Danger.ASK,
        irreversible,
        word,
        aliases,
        needs,
        context,
        cli,
    )


_MENUS = [
    _ask("x_job.cancel", "c", "cancel", "stop", needs="jobs.write", cli="jobs stop"),
    _ask("x_job.requeue", "r", "restart", "requeue", needs="jobs.write", cli="jobs restart"),
    _ask("x_job.delete", "D", "delete", needs="jobs.write", cli="jobs delete", irreversible=True),
    _ask("x_node.cordon", "c", "cordon", needs="nodes.write", cli="nodes cordon"),
    _ask("x_node.uncordon", "u", "uncordon", needs="nodes.write", cli="nodes uncordon"),
    _ask("x_node.drain", "dr", "drain", needs="nodes.write", cli="nodes drain"),
    _ask("x_node.reboot", "B", "reboot", needs="nodes.write", irreversible=True),
]

_DIALOG = [
    Action("dialog.confirm", "dialog", ("y",), Danger.ACT, group="dialog"),
    Action("dialog.cancel", "dialog", ("n",), group="dialog"),
    Action("dialog.activate_focused", "dialog", ("enter",), group="dialog"),
    Action("dialog.next_field", "dialog", ("tab",), group="dialog"),
]

_EVERYWHERE = _GLOBAL + _MOVING + _TIME + _PLACES

_INSIDE = _LIST_MOVING + _LIST + _TEXT + _CHART + _MAP + _FORM

TABLE: tuple[Action, ...] = tuple(_EVERYWHERE + _INSIDE + _MENUS + _DIALOG)
