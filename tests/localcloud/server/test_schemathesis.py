"""The API against its own document: nothing generated from it brings a 5xx or a surprise."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from api_client.models.job import JobSpec
from localcloud.engine.cloud import Cloud
from localcloud.engine.settings import CloudSettings
from localcloud.server.app import create_app, openapi_document
from tests.localcloud.server.serving import Served, hand_fleet, listening

ENDLESS = ("/v1/watch", "/v1/jobs/{name}/workers/{rank}/log/stream")
"""Streams that follow for ever; everything else is called without restriction."""
TOKEN = "token-for-fuzzing-1"
EXAMPLES = 12
HARDLY_WRONG = ("Unsatisfiable", "FailedHealthCheck")
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
]

SCHEMA = schemathesis.openapi.from_dict(openapi_document())
OPERATIONS = {
    f"{found.ok().method.upper()} {found.ok().path}": found.ok()
    for found in SCHEMA.get_all_operations()
    if found.ok().path not in ENDLESS
}


class FuzzedCloud(threading.Thread):
    """A cloud with a running job, an ended job and a moving fleet, on a loopback port."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True)
        self.home = home
        self.ready = threading.Event()
        self.stop = threading.Event()
        self.url = ""

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self.home.mkdir(parents=True)
        cloud = Cloud(self.home, CloudSettings(node_timeout_seconds=600))
        app = create_app(cloud, token=TOKEN, unix=False)
        async with listening(app, host="127.0.0.1", port=0) as server:
            port = server.servers[0].sockets[0].getsockname()[1]
            self.url = f"http://127.0.0.1:{port}"
            served = Served(
                cloud, app.state.server, self.url, self.home, hand_fleet(cloud), provider=None
            )  # type: ignore[arg-type]
            order = await served.running_job("ended")
            Path(order.log_path).write_bytes(b"step 1/2 loss 2.0\n")
            served.node_of(order).end(order.id, 3)
            cloud.create_job(JobSpec(name="demo", command="true"), "tester")
            self.ready.set()
            while not self.stop.is_set():
                served.step()
                await asyncio.sleep(0.1)
        cloud.close()


@pytest.fixture(scope="module")
def cloud_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    cloud = FuzzedCloud(tmp_path_factory.mktemp("fuzz") / "cloud")
    cloud.start()
    assert cloud.ready.wait(20), "the cloud did not start"
    yield cloud.url
    cloud.stop.set()
    cloud.join(10)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("operation", list(OPERATIONS))
def test_nothing_leaves_the_document(cloud_url: str, operation: str, mode: Any) -> None:
    found = OPERATIONS[operation]

    @seed(7)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[h for h in HealthCheck if h is not HealthCheck.filter_too_much],
    )
    @given(
        case=found.as_strategy(generation_mode=mode),
        real=st.sampled_from([None, "demo", "ended", "node-1"]),
    )
    def call(case: Any, real: str | None) -> None:
        if real is not None and mode is GenerationMode.POSITIVE and case.path_parameters:
            case.path_parameters["name"] = real
            if "rank" in case.path_parameters:
                case.path_parameters["rank"] = 0
        response = case.call(
            base_url=cloud_url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10
        )
        case.validate_response(response, checks=CHECKS)

    try:
        call()
    except Exception as error:
        if type(error).__name__ in HARDLY_WRONG and mode is GenerationMode.NEGATIVE:
            pytest.skip("nothing about this operation can be sent wrongly")
        raise
