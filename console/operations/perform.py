"""Sending a plan: refused early, recorded before and after, sent once, read when in doubt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from api_client.errors import CloudError, Conflict, NotFound, OutcomeUnknown, Unsupported
from console.audit import AuditError, Entry
from console.message import Message, say
from console.operations.plan import Outcome, Plan, Refused
from console.session import Session

RECONCILE_TRIES = 4
RECONCILE_SECONDS = 0.5


async def writer_for(session: Session, capability: str) -> Any:
    """The provider that may do this for this profile.

    Raises:
        Refused: the profile is read-only or cannot do it.
        CloudError: the profile cannot be opened.
    """
    if session.profile.read_only:
        raise Refused(say("operation.refused.read_only", profile=session.profile.name))
    try:
        return await session.provider_for(capability)
    except Unsupported as error:
        message = say("operation.refused.unsupported", why=error.detail, remedy=error.hint)
        raise Refused(message, error.hint) from error


async def perform(session: Session, plan: Plan, *, reason: str = "") -> Outcome:
    """Do what a plan says, once. Never raises for what the cloud answers."""
    if plan.reason_required and not reason.strip():
        return Outcome.refused(plan, say("operation.refused.reason"))
    try:
        provider = await writer_for(session, plan.steps.capability)
        await _check_pinned(provider, plan)
        me = await session.identify()
        attempt = session.audit.attempt(
            principal=me.name if me else "",
            profile=session.profile.name,
            action=plan.action_id,
            target=str(plan.target),
            reason=reason,
        )
    except Refused as refused:
        return Outcome.refused(plan, refused.message)
    except AuditError as error:
        return Outcome(plan, False, say("operation.refused.audit", why=str(error)), error=error)
    except CloudError as error:
        return Outcome.failed(plan, error)
    outcome = await _send(session, provider, plan, attempt, reason)
    await _refresh(session, plan)
    return outcome


async def perform_all(
    session: Session, plans: Sequence[Plan], *, reason: str = ""
) -> AsyncIterator[Outcome]:
    """Do several plans one after the other; one that fails does not stop the others."""
    for plan in plans:
        yield await perform(session, plan, reason=reason)


async def _check_pinned(provider: Any, plan: Plan) -> None:
    """Make sure that the object is still the one the person saw.

    Raises:
        Conflict: it is another object of the same name now, or the name is taken.
        CloudError: it cannot be read.
    """
    action = f"change {plan.target}"
    try:
        found = await plan.steps.read(provider)
    except NotFound:
        if plan.steps.pinned:
            raise
        return
    identity = plan.steps.identity(found)
    if not plan.steps.pinned:
        raise Conflict(
            f"create {plan.target}", "the name is taken", hint="choose another name for it"
        )
    if identity != plan.steps.pinned:
        raise Conflict(action, "another object has this name now; nothing was sent")


async def _send(
    session: Session, provider: Any, plan: Plan, attempt: Entry, reason: str
) -> Outcome:
    try:
        answer = await plan.steps.write(provider, reason)
    except OutcomeUnknown as error:
        outcome = await _reconcile(provider, plan, error)
        how = {True: "done", False: "failed", None: "unknown"}[outcome.ok]
        return _record(session, attempt, outcome, how, error)
    except CloudError as error:
        return _record(session, attempt, Outcome.failed(plan, error), "failed", error)
    except BaseException as error:
        # Cancelled or broken on the way: it may have been sent, and the record must say so.
        session.audit.ended(attempt, "unknown", detail=type(error).__name__)
        raise
    done = Outcome(plan, True, _done(plan), answer)
    return _record(session, attempt, done, "done", None)


def _done(plan: Plan) -> Message:
    verb = plan.action_id.rpartition(".")[2]
    return say(f"operation.done.{verb}", name=plan.target.id)


def _record(
    session: Session, attempt: Entry, outcome: Outcome, how: str, error: CloudError | None
) -> Outcome:
    detail = str(error) if error else ""
    request_id = error.request_id if error else ""
    try:
        session.audit.ended(attempt, how, detail=detail, request_id=request_id)
    except AuditError as failure:
        sentence = say("operation.outcome.unrecorded", outcome=outcome.sentence, why=str(failure))
        return Outcome(plan=outcome.plan, ok=outcome.ok, sentence=sentence, object=outcome.object)
    return outcome


async def _reconcile(provider: Any, plan: Plan, error: OutcomeUnknown) -> Outcome:
    """Find out by reading whether a write whose answer was lost has happened."""
    for turn in range(RECONCILE_TRIES):
        if turn:
            await asyncio.sleep(RECONCILE_SECONDS * turn)
        try:
            found = await plan.steps.read(provider)
        except NotFound:
            found = None
        except CloudError:
            continue  # The next turn reads again; after the last the outcome stays unknown.
        happened = plan.steps.happened(found)
        if happened:
            sentence = say("operation.outcome.confirmed", name=plan.target.id)
            return Outcome(plan, True, sentence, found)
        if happened is False and turn == RECONCILE_TRIES - 1:
            sentence = say("operation.outcome.not_happened", name=plan.target.id)
            return Outcome(plan, False, sentence, found, error)
    return Outcome(plan, None, say("operation.outcome.unknown", name=plan.target.id), error=error)


async def _refresh(session: Session, plan: Plan) -> None:
    """Let every screen see the result; how that reading goes is in its own snapshot."""
    live = [key for key in plan.steps.refresh if session.feeds.is_live(key)]
    await asyncio.gather(*(session.refresh(key) for key in live))
