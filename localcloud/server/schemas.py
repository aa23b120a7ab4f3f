"""Builds the schemas of all domain models before any route is declared.

The console never needs most of them and leaves them unbuilt until first use; a server declares
them all, with the docstrings under their fields as descriptions.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from importlib import import_module

from pydantic import BaseModel

from api_client import models


def build_all() -> None:
    """Describe and build every model of `api_client.models`; a second call changes nothing."""
    kinds = list(_kinds())
    for kind in kinds:
        kind.model_config["defer_build"] = False
        # Fields whose types were not known at first are collected anew here.
        kind.model_rebuild(force=True)
    for kind in kinds:
        docs = {name: text for each in reversed(kind.__mro__) for name, text in _docs(each)}
        for name, field in kind.model_fields.items():
            field.description = field.description or docs.get(name)
    for kind in kinds:
        kind.model_rebuild(force=True)


def _kinds() -> Iterator[type[BaseModel]]:
    for found in pkgutil.iter_modules(models.__path__, f"{models.__name__}."):
        module = import_module(found.name)
        for kind in vars(module).values():
            if inspect.isclass(kind) and issubclass(kind, BaseModel):
                if kind.__module__ == module.__name__:
                    yield kind


def _docs(kind: type) -> Iterator[tuple[str, str]]:
    """Field name and the docstring written under it, in this class alone."""
    if not kind.__module__.startswith(models.__name__):
        return
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    for before, after in zip(body, body[1:], strict=False):
        if not (isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name)):
            continue
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            yield before.target.id, inspect.cleandoc(str(after.value.value))
