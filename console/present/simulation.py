"""The mark of a simulation: that it is one, how fast its time runs, and what time it is there."""

from __future__ import annotations

from api_client.models.identity import Simulation
from console.present.context import PresentContext


def simulation_text(simulation: Simulation, ctx: PresentContext) -> str:
    """Such as `SIM ×60 14:02`; what nobody may take for a real tenant."""
    time = ctx.now.astimezone(ctx.zone).strftime("%H:%M")
    if simulation.paused:
        return ctx.t("screen.simulation_paused", time=time)
    text = ctx.t("screen.simulation_runs", speed=speed_text(simulation.speed), time=time)
    return text.replace("×", "x") if ctx.ascii_only else text


def speed_text(speed: float) -> str:
    """A speed as short as it can be said: `60`, `0.5`, `1,000,000`."""
    return f"{speed:,.0f}" if speed == int(speed) else f"{speed:g}"
