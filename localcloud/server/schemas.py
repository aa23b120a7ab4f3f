"""The schemas of the domain models, with the docstrings under their fields as descriptions.

What a person writes is a pydantic model already; the console leaves its schema unbuilt until
first use, so it is built here before any route is declared. What is read in lists is a `Slim`
record; `shown` makes the pydantic model that describes it.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, cast, get_args, get_origin

import msgspec
from pydantic import BaseModel, ConfigDict, Field, create_model

from api_client import models
from api_client.models.slim import Slim, fields_of


def build_all() -> None:
    """Describe and build every pydantic model of `api_client.models`; may be called again."""
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


def shown(kind: Any) -> Any:
    """The type with pydantic models of the same names and fields in place of `Slim` records."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return kind
    if origin in (Union, UnionType):
        return Union[tuple(map(shown, arguments))]  # noqa: UP007
    if origin is not None:
        return shown(origin)[tuple(map(shown, arguments))]
    if isinstance(kind, type) and issubclass(kind, Slim):
        return _model(kind)
    return kind


@cache
def _model(kind: type[Slim]) -> type[BaseModel]:
    docs = {name: text for each in reversed(kind.__mro__) for name, text in _docs(each)}
    fields = {
        field.name: (shown(field.type), _field(field, docs.get(field.name)))
        for field in fields_of(kind)
    }
    variables: tuple[TypeVar, ...] = getattr(kind, "__parameters__", ())
    base = (BaseModel, cast(Any, Generic)[variables]) if variables else None
    made: Any = create_model(
        kind.__name__,
        __base__=base,
        __config__=None if base else ConfigDict(frozen=True, serialize_by_alias=True),
        __doc__=inspect.getdoc(kind),
        __module__=__name__,
        **cast(Any, fields),
    )
    return cast(type[BaseModel], made)


def _field(field: msgspec.structs.FieldInfo, description: str | None) -> Any:
    options: dict[str, Any] = {"description": description}
    if field.encode_name != field.name:
        options["alias"] = field.encode_name
    if field.default_factory is not msgspec.NODEFAULT:
        options["default"] = field.default_factory()
    elif field.default is not msgspec.NODEFAULT:
        default = field.default
        options["default"] = _model(type(default))() if isinstance(default, Slim) else default
    return Field(**options)


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
