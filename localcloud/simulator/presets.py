"""Tenants by name or by numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from api_client.models.billing import PriceItem, PriceList
from api_client.models.compute import RegionKind
from localcloud.engine.errors import InvalidFault
from localcloud.simulator.failures import FAULTS_PER_ACCELERATOR_HOUR
from localcloud.simulator.moments import to_moment
from localcloud.simulator.plan import FleetPlan, PoolPlan, TenantPlan
from localcloud.simulator.population import Demand, demand, lives

CURRENCY = "CNY"
HISTORY_DAYS = 28

_AT_ONCE = 20_000
"""Jobs of a history that is played before the tenant opens."""

_RECENT = timedelta(days=3)
_RECENT_NUMBER = 1_000_000
"""Of the first recent job where the history is played in two parts."""

_GIB = 1024**3
_MODELS = {
    # Model: memory of one in GiB, price of an hour reserved and spot.
    "Sim A100-80G": (80, "17.50", "7.00"),
    "Sim H100-80G": (80, "28.80", "11.50"),
    "Sim L40S-48G": (48, "8.20", "3.30"),
}


@dataclass(frozen=True, slots=True)
class Preset:
    """The size of a tenant."""

    nodes: int
    accelerators: int
    jobs: int
    """In its history."""


PRESETS = {
    "lab": Preset(8, 8, 400),
    "pod": Preset(128, 8, 4_000),
    "centre": Preset(1_250, 8, 20_000),
    "giant": Preset(10_000, 8, 100_000),
}


def preset_plan(scenario: str, seed: int, start: datetime) -> TenantPlan:
    """The tenant of a preset as of `start`.

    Raises:
        InvalidFault: there is no such preset.
    """
    preset = PRESETS.get(scenario)
    if preset is None:
        raise InvalidFault({"preset": f"is none of {', '.join(PRESETS)}"})
    return plan_of(preset, seed, start, scenario)


def plan_of(preset: Preset, seed: int, start: datetime, scenario: str = "custom") -> TenantPlan:
    """A tenant by numbers.

    Raises:
        InvalidFault: a number is out of range.
    """
    _check(preset)
    start = start.replace(microsecond=0)
    begin = start - timedelta(days=HISTORY_DAYS)
    fleet = fleet_of(preset.nodes, preset.accelerators)
    wanted = demand(fleet, preset.jobs, HISTORY_DAYS)
    whole = TenantPlan(
        scenario=scenario,
        name=f"Simulated {scenario}",
        seed=seed,
        fleet=fleet,
        lives=lives(fleet, wanted, seed, to_moment(begin)),
        prices=default_prices(),
        begin=begin,
        start=start,
        endless=True,
        faults_per_accelerator_hour=FAULTS_PER_ACCELERATOR_HOUR * _more_faults(fleet),
        kept_jobs=preset.jobs,
        currency=CURRENCY,
    )
    return whole if preset.jobs <= _AT_ONCE else _in_two(whole, wanted)


def _in_two(whole: TenantPlan, wanted: Demand) -> TenantPlan:
    """The recent days to open with, and what is older to be played after that."""
    cut = (whole.start - _RECENT).replace(hour=4, minute=0, second=0)
    older = replace(
        whole,
        start=cut,
        lives=lives(whole.fleet, wanted, whole.seed, to_moment(whole.begin), to_moment(cut)),
        endless=False,
        kept_jobs=_RECENT_NUMBER,
    )
    recent = lives(whole.fleet, wanted, whole.seed, to_moment(cut), first=_RECENT_NUMBER)
    return replace(whole, begin=cut, lives=recent, first_number=_RECENT_NUMBER, older=older)


def fleet_of(nodes: int, accelerators: int) -> FleetPlan:
    """Centres with several pools, and from 64 nodes on small edge sites."""
    memory = {model: row[0] * _GIB for model, row in _MODELS.items()}
    if nodes < 16:
        model = "Sim A100-80G"
        pool = PoolPlan("train-a", nodes, accelerators, model, memory_bytes=memory[model])
        return FleetPlan((pool,))
    edge = nodes // 25 if nodes >= 64 else 0
    second = nodes // 4
    third = nodes // 8
    first = nodes - second - third - edge
    pools = [
        _core("train-a", first, accelerators, "Sim H100-80G", "sim-centre-1"),
        _core("train-b", second, accelerators, "Sim A100-80G", "sim-centre-2"),
        _core("research", third, accelerators, "Sim A100-80G", "sim-centre-1"),
    ]
    sites = min(4, edge)
    for site in range(sites):
        count = edge // sites + (1 if site < edge % sites else 0)
        model = "Sim L40S-48G"
        pools.append(
            PoolPlan(f"edge-{site + 1}", count, min(4, accelerators), model, f"sim-edge-{site + 1}",
                     RegionKind.EDGE, memory[model])
        )  # fmt: skip
    return FleetPlan(tuple(pools))


def _more_faults(fleet: FleetPlan) -> float:
    """The published rate as it is on large fleets; a small one would show no fault in a month."""
    return max(1.0, 8.0 - fleet.accelerators / 150)


def _core(name: str, nodes: int, accelerators: int, model: str, region: str) -> PoolPlan:
    memory = _MODELS[model][0] * _GIB
    return PoolPlan(name, nodes, accelerators, model, region, RegionKind.CORE, memory)


def default_prices(source: str = "Made up for the simulation.") -> PriceList:
    """Reserved and spot prices of each model, and a price for any other."""
    items = [
        _price(f"{_slug(model)}-{quota.lower()}", model, quota, amount)
        for model, (_, reserved, spot) in _MODELS.items()
        for quota, amount in (("RESERVED", reserved), ("SPOT", spot))
    ]
    items += [
        _price("any-reserved", "", "RESERVED", "12.00"),
        _price("any-spot", "", "SPOT", "4.80"),
    ]
    return PriceList(items=tuple(items), source=source)


def _slug(model: str) -> str:
    return model.lower().replace(" ", "-")


def _price(sku: str, model: str, quota: str, amount: str) -> PriceItem:
    return PriceItem(
        sku=sku,
        description=f"{model or 'Accelerator'}, {quota.lower()}",
        accelerator_model=model,
        quota_type=quota,
        amount=Decimal(amount),
        currency=CURRENCY,
    )


def _check(preset: Preset) -> None:
    wrong: dict[str, str] = {}
    if not 1 <= preset.nodes <= 20_000:
        wrong["nodes"] = "must be 1 to 20,000"
    if not 1 <= preset.accelerators <= 64:
        wrong["accelerators"] = "must be 1 to 64"
    if not 1 <= preset.jobs <= 300_000:
        wrong["jobs"] = "must be 1 to 300,000"
    if wrong:
        raise InvalidFault(wrong)
