"""The version of the installed package, without the cost of reading its metadata."""

from __future__ import annotations

VERSION = "0.1.0"
"""Kept equal to `pyproject.toml` by a test."""


def version() -> str:
    """The version as the package index writes it."""
    return VERSION
