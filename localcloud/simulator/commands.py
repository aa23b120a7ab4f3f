"""What a person tells the tenant to do; each plans anew from now on."""

from __future__ import annotations

from api_client.models.compute import Scheduling
from api_client.models.event import EventReason, Severity
from api_client.models.job import JobSpec, JobState, QuotaType
from localcloud.engine.errors import ConflictFault, InvalidFault, NotFoundFault
from localcloud.simulator.failures import BY_WORD, CAUSES
from localcloud.simulator.fleet import SimNode
from localcloud.simulator.moments import SECOND
from localcloud.simulator.plan import Life
from localcloud.simulator.views import PRIORITIES
from localcloud.simulator.world import World

_LONGEST_REASON = 500
_REBOOT = 180 * SECOND
_SUBMITTED_SECONDS = 1800
_SUBMITTED_STEP = 1.5
_SAVES = 10


class Commands:
    """Changes the world as it is now."""

    def __init__(self, world: World) -> None:
        self._world = world

    # jobs

    def job(self, name: str) -> Life:
        """Raises `NotFoundFault`."""
        life = self._world.by_name.get(name)
        if life is None:
            raise NotFoundFault("job", name)
        return life

    def create(self, spec: JobSpec, owner: str) -> Life:
        """Queue a job; raises `InvalidFault`, and `ConflictFault` where the name is taken."""
        world = self._world
        if spec.name in world.by_name:
            raise ConflictFault("name_taken", f"There is a job named {spec.name!r} already.")
        names = [pool.name for pool in world.fleet.pools]
        wanted = names[0] if spec.pool == "default" else spec.pool
        if wanted not in names:
            raise InvalidFault(
                {"pool": f"there is no pool {spec.pool!r}; there are {', '.join(names)}"}
            )
        life = Life(
            name=spec.name,
            submit=world.now // SECOND * SECOND,
            milli=spec.workers * spec.accelerators_per_worker * 1000,
            workers=spec.workers,
            per_worker=spec.accelerators_per_worker,
            pool=names.index(wanted),
            owner=owner,
            project=spec.project,
            framework=spec.framework,
            priority=PRIORITIES.index(spec.priority) if spec.priority in PRIORITIES else 0,
            spot=spec.quota_type is QuotaType.SPOT,
            work_seconds=_SUBMITTED_SECONDS,
            step_seconds=_SUBMITTED_STEP,
            total_steps=int(_SUBMITTED_SECONDS / _SUBMITTED_STEP),
            checkpoint_steps=int(_SUBMITTED_SECONDS / _SUBMITTED_STEP / _SAVES),
            backoff_limit=spec.backoff_limit,
            spec=spec,
        )
        world.admit(life)
        return life

    def stop(self, name: str, reason: str, by: str) -> Life:
        """Stop a job; raises `ConflictFault` where it has ended by itself."""
        world, life = self._world, self.job(name)
        if life.state in (JobState.STOPPED, JobState.STOPPING):
            return life
        if life.state.ended:
            raise ConflictFault("ended", f"{name} has ended: {life.state.value}.")
        note = f"stopped by {by}" + (f": {reason}" if reason else "")
        if life.holding:
            world.stop(life, life.attempts[-1], note)
        else:
            life.epoch += 1
            world.queues[life.pool].remove(life)
            life.said = note
            world.finish(life, None, JobState.STOPPED)
        return life

    def restart(self, name: str, from_checkpoint: bool, by: str) -> Life:
        """Start a job anew; raises `ConflictFault` while it is being stopped or waits."""
        world, life = self._world, self.job(name)
        if life.state is JobState.STOPPING:
            raise ConflictFault("stopping", f"{name} is being stopped; try again when it is.")
        if not life.holding and not life.state.ended:
            raise ConflictFault("waiting", f"{name} waits for slots already.")
        if (
            life.holding
            and life.attempts[-1].end <= world.now + _REBOOT
            and (life.state is JobState.RECOVERING)
        ):
            raise ConflictFault("recovering", f"{name} is being restarted already.")
        note = f"{by} restarts {name}"
        world.journal.extra(
            world.now,
            ("job", name),
            EventReason.JOB_RESTART_REQUESTED,
            f"{note} {'from its checkpoint' if from_checkpoint else 'from the beginning'}.",
            by=by,
        )
        if life.holding:
            world.restart(life, life.attempts[-1], note)
        else:
            world.revive(life)
        if not from_checkpoint:
            life.resume = 0
        return life

    def delete(self, name: str, by: str) -> None:
        """List a job no more; raises `ConflictFault` before its end."""
        world, life = self._world, self.job(name)
        if not life.state.ended:
            raise ConflictFault("not_ended", f"{name} has not ended; stop it first.")
        world.journal.extra(world.now, ("job", name), "JobDeleted", f"{by} deleted {name}.", by=by)
        world.retention.drop(life)

    # nodes

    def node(self, name: str) -> SimNode:
        """Raises `NotFoundFault`."""
        node = self._world.fleet.by_name.get(name)
        if node is None:
            raise NotFoundFault("node", name)
        return node

    def cordon(self, name: str, reason: str, by: str) -> SimNode:
        """Start no new work there."""
        node = self.node(name)
        _check_reason(reason)
        self._schedule(node, Scheduling.CORDONED, reason, by)
        self._say(node, EventReason.NODE_CORDONED, f"{name} is cordoned by {by}: {reason}.")
        return node

    def uncordon(self, name: str, reason: str, by: str) -> SimNode:
        """Let new work start there; an open node stays as it is."""
        node = self.node(name)
        if node.scheduling is Scheduling.OPEN:
            return node
        self._schedule(node, Scheduling.OPEN, "", "")
        said = f": {reason}" if reason else ""
        self._say(node, EventReason.NODE_UNCORDONED, f"{name} is opened by {by}{said}.")
        self._world.place(node.pool)
        return node

    def drain(self, name: str, reason: str, by: str) -> SimNode:
        """Cordon it and restart its jobs elsewhere."""
        world, node = self._world, self.node(name)
        _check_reason(reason)
        said = f"{name} is drained by {by}: {reason}"
        empty = not node.holders
        self._schedule(node, Scheduling.DRAINED if empty else Scheduling.DRAINING, reason, by)
        self._say(node, EventReason.NODE_DRAINING, f"{said}.")
        if empty:
            self._say(node, EventReason.NODE_DRAINED, f"{name} is empty.")
        for number in list(node.holders):
            life = world.lives[number]
            if life.state in (JobState.STARTING, JobState.RUNNING):
                world.journal.extra(
                    world.now,
                    ("job", life.name),
                    EventReason.JOB_RESTART_REQUESTED,
                    f"{life.name} restarts elsewhere: {said}.",
                    attempt=life.attempts[-1].number,
                )
                world.restart(life, life.attempts[-1], said)
        return node

    def reboot(self, name: str, reason: str, by: str) -> SimNode:
        """Lose what runs there; the node is back after three minutes."""
        world, node = self._world, self.node(name)
        _check_reason(reason)
        cause = CAUSES[BY_WORD["reboot"]]
        self._say(node, EventReason.NODE_REBOOTED, f"{name} is rebooted by {by}: {reason}.")
        world.strikes.strike(node, cause, 0, world.now, _REBOOT)
        return node

    def _schedule(self, node: SimNode, scheduling: Scheduling, reason: str, by: str) -> None:
        world = self._world
        world.fleet.close(node)
        node.scheduling, node.reason, node.reason_by = scheduling, reason, by
        node.since, node.isolated = world.now, False
        world.fleet.list_again(node)
        world.journal.node(node)

    def _say(self, node: SimNode, reason: str, message: str) -> None:
        world = self._world
        world.journal.extra(world.now, ("node", node.name), reason, message, Severity.INFO)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidFault({"reason": "say why, the others will read it"})
    if len(reason) > _LONGEST_REASON:
        raise InvalidFault({"reason": f"is longer than {_LONGEST_REASON} characters"})
