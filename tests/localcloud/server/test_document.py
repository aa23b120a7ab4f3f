from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from localcloud.server.app import openapi_document
from localcloud.server.document import openapi_text
from localcloud.server.yaml_text import yaml_text

KEPT = Path(__file__).resolve().parents[3] / "docs" / "tenant-api.yaml"


def test_the_kept_document_is_what_the_code_says() -> None:
    assert KEPT.read_text(encoding="utf-8") == openapi_text(), (
        "run: python -m localcloud openapi --output docs/tenant-api.yaml"
    )


def test_the_yaml_says_what_the_json_says() -> None:
    assert yaml.safe_load(openapi_text()) == json.loads(openapi_text(as_json=True))


@pytest.mark.parametrize(
    "value",
    [
        {"a": {}, "b": [], "c": [[1, 2], {"x": None}], "200": True},
        ["yes", "no", "1.0", "", " x", "a: b", "#", "- a", "null", "é\n", "{}", "a #b", "$ref"],
        {"key: x": [{"a": [{"b": 1.5}]}]},
    ],
)
def test_yaml_reads_back_as_it_was(value: object) -> None:
    assert yaml.safe_load(yaml_text(value)) == value


def test_every_route_declares_its_refusals_and_none_is_inner() -> None:
    document = openapi_document()
    assert document["openapi"].startswith("3.1")
    assert not [p for p in document["paths"] if p.startswith(("/local", "/agent"))]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert {"400", "401", "422", "500", "503"} <= set(operation["responses"]), path
            assert operation["description"], (path, method)
