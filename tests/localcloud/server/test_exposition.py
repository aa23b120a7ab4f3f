from __future__ import annotations

from datetime import UTC, datetime

from api_client.models.compute import Accelerator, AcceleratorSample, Fault
from api_client.models.slim import replace
from localcloud.server.exposition import exposition

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_figures_have_dcgm_names_and_units() -> None:
    sample = AcceleratorSample(time=NOW, utilisation=0.5, memory_used_bytes=3 * 1024**2)
    device = Accelerator(
        id="n/0", node="n", index=0, model="M", memory_bytes=4 * 1024**2, job="j", rank=1,
        sample=sample, faults=(Fault(code="XID 79"),),
    )  # fmt: skip
    labels = '{gpu="0",UUID="n/0",device="slot0",modelName="M",Hostname="n",job="j",rank="1"}'
    lines = exposition([device]).splitlines()
    figures = [line for line in lines if not line.startswith("#")]
    assert figures == [
        f"DCGM_FI_DEV_GPU_UTIL{labels} 50",
        f"DCGM_FI_DEV_FB_USED{labels} 3",
        f"DCGM_FI_DEV_FB_FREE{labels} 1",
        f"DCGM_FI_DEV_XID_ERRORS{labels} 79",
    ]


def test_what_is_not_measured_has_no_line() -> None:
    bare = Accelerator(id="n/0", node="n", index=0)
    unread = replace(bare, sample=AcceleratorSample(time=NOW))
    nan = replace(bare, sample=AcceleratorSample(time=NOW, utilisation=float("nan")))
    assert exposition([bare, unread, nan]) == ""


def test_label_values_are_escaped() -> None:
    sample = AcceleratorSample(time=NOW, utilisation=1)
    device = Accelerator(id='a"b\\c\nd', node="n", index=0, sample=sample)
    assert 'UUID="a\\"b\\\\c\\nd"' in exposition([device])
