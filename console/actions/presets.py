"""Key maps for people who come from other programs: only the differences from the default."""

from __future__ import annotations

from collections.abc import Mapping

PRESETS: Mapping[str, Mapping[str, str]] = {
    "default": {},
    "k9s": {
        "list.into": "right",
        "list.logs": "l,L",
        "list.wide": "w,ctrl+w",
        "list.mark_range": "V,ctrl+@",
        "global.suspend": "",
        "global.problems_only": "exclamation_mark,ctrl+z",
    },
    "turm": {
        "x_job.cancel": "x c,c",
        "list.columns": "f2",
        "global.copy": "Y",
        "text.pager": "p",
        "text.previous_logs": "P",
    },
    "lazyslurm": {
        "x_job.cancel": "x c,c",
        "list.resubmit": "s,S",
        "list.related": "O",
        "list.sort_column": "f6",
        "list.edit": "e,u",
        "global.copy": "Y",
        "global.prev_tab": "left_parenthesis,left_square_bracket",
        "global.next_tab": "right_parenthesis,right_square_bracket",
        "global.history_back": "alt+left",
        "global.history_forward": "alt+right",
    },
    "htop": {
        "global.actions": "x,f9",
        "global.filter": "slash,f4,backslash",
    },
    "arrows": {
        "list.down": "down",
        "list.up": "up",
        "list.into": "right",
        "list.out": "left",
        "list.top": "home",
        "list.bottom": "end",
        "text.down": "down",
        "text.up": "up",
        "text.left": "left",
        "text.right": "right",
        "text.top": "home",
        "text.bottom": "end",
    },
    "emacs": {
        "list.down": "down,ctrl+n",
        "list.up": "up",
        "list.page_down": "pagedown,ctrl+v",
        "list.page_up": "pageup,alt+v",
        "global.palette": "alt+x",
        "global.filter": "slash,ctrl+s,f4",
        "global.save": "ctrl+y",
    },
}
"""Preset -> action id -> keys. In these an `ask` action may sit on one key: it only asks."""
