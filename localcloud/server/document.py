"""Writes the OpenAPI document the way it is kept in `docs/tenant-api.yaml`."""

from __future__ import annotations

import json
from typing import Any

from localcloud.server.app import openapi_document
from localcloud.server.yaml_text import yaml_text

_HEAD = "# Written by `python -m localcloud openapi --output docs/tenant-api.yaml`; do not edit.\n"


def openapi_text(*, as_json: bool = False) -> str:
    """The document as YAML, or as JSON."""
    document: dict[str, Any] = openapi_document()
    if as_json:
        return json.dumps(document, indent=2) + "\n"
    return _HEAD + yaml_text(document)
