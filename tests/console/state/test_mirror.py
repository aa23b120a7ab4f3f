"""Whatever a server's pages and changes do on the way, the mirror ends as the server is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from api_client.models.base import Page
from api_client.models.job import JobState, JobSummary
from api_client.models.slim import replace
from api_client.models.watch import Change, ChangeOp
from console.state.bounds import Bound, _ended_job
from console.state.mirror import Mirror
from console.state.slices import Slices
from console.state.store import Store
from tests.console.fakes import T0, make_job, summary_of

NAMES = ("a", "b", "c", "d", "e")
WIDE = Bound(1000, lambda item: None)
BASE = summary_of(make_job("base"))


def job_at(name: str, version: int) -> JobSummary:
    return replace(BASE, name=name, attempt=version, resource_version=version)


def put(name: str, version: int) -> Change:
    item = job_at(name, version)
    return Change(resource_version=version, op=ChangeOp.PUT, kind="job", id=name, job=item)


def delete(name: str, version: int) -> Change:
    return Change(resource_version=version, op=ChangeOp.DELETE, kind="job", id=name)


@dataclass
class Server:
    """Remembers every change, so that any of them can be sent late or twice."""

    version: int = 0
    items: dict[str, JobSummary] = field(default_factory=dict)
    history: list[Change] = field(default_factory=list)

    def write(self, name: str, exists: bool) -> None:
        self.version += 1
        if exists:
            self.items[name] = job_at(name, self.version)
            self.history.append(put(name, self.version))
        elif self.items.pop(name, None) is not None:
            self.history.append(delete(name, self.version))

    def page(self, names: tuple[str, ...]) -> Page[JobSummary]:
        items = tuple(self.items[name] for name in names if name in self.items)
        return Page(items=items, resource_version=self.version)


def mirror_of(store: Store, bound: Bound = WIDE) -> Mirror:
    return Mirror(store.table("jobs"), "name", bound)


WRITES = st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), max_size=12)


@settings(max_examples=200)
@given(
    before=WRITES,
    stale=st.dictionaries(st.sampled_from(NAMES), st.integers(1, 500)),
    between=st.lists(WRITES, min_size=5, max_size=5),
    data=st.data(),
)
async def test_any_interleaving_of_pages_and_changes_ends_in_the_servers_state(
    before: list[tuple[str, bool]],
    stale: dict[str, int],
    between: list[list[tuple[str, bool]]],
    data: st.DataObject,
) -> None:
    server, store = Server(), Store()
    for name, version in stale.items():
        # Of an earlier run, of a server that may have counted further.
        store.table("jobs").put(name, job_at(name, version))
    for write in before:
        server.write(*write)
    mirror, since, sent = mirror_of(store), server.version, 0
    mirror.begin()
    for position, writes in enumerate(between):
        await mirror.take_page(server.page(NAMES[position : position + 1]), Slices())
        for write in writes:
            server.write(*write)
        due = [change for change in server.history if change.resource_version > since]
        some = data.draw(st.lists(st.sampled_from(due), max_size=8)) if due else []
        for change in some:
            mirror.change(change)  # In any order, any number of times.
    await mirror.finish(Slices(), left_out=False)
    due = [change for change in server.history if change.resource_version > since]
    for change in data.draw(st.permutations(due)):
        mirror.change(change)
        sent += 1
    assert dict(store.table("jobs").view) == server.items and sent == len(due)


async def test_what_is_older_than_a_deletion_does_not_bring_the_object_back() -> None:
    store = Store()
    mirror = mirror_of(store)
    mirror.begin()
    await mirror.finish(Slices(), left_out=False)
    mirror.change(delete("never", 3))
    mirror.change(put("a", 5))
    mirror.change(delete("a", 7))
    mirror.change(put("a", 6))
    assert not store.table("jobs").view
    mirror.change(put("a", 8))
    mirror.change(delete("a", 7))
    assert set(store.table("jobs").view) == {"a"}


async def test_a_list_without_versions_is_followed_by_the_versions_of_its_changes() -> None:
    store = Store()
    mirror = mirror_of(store)
    mirror.begin()
    unversioned = replace(BASE, name="a", resource_version=0)
    await mirror.take_page(Page(items=(unversioned,), resource_version=10), Slices())
    await mirror.finish(Slices(), left_out=False)
    late = put("a", 9)
    mirror.change(late)
    assert store.table("jobs").view["a"] is unversioned
    bare = replace(BASE, name="a", attempt=3, resource_version=0)
    mirror.change(Change(resource_version=11, op=ChangeOp.PUT, kind="job", id="a", job=bare))
    mirror.change(late)
    assert store.table("jobs").view["a"].attempt == 3


async def test_more_than_is_kept_is_counted_and_the_oldest_ended_go_first() -> None:
    store = Store()
    mirror = mirror_of(store, Bound(10, _ended_job, slack=2))
    mirror.begin()

    def aged(number: int, state: JobState) -> JobSummary:
        created = T0 + timedelta(seconds=number)
        values: dict[str, Any] = {"name": f"j{number}", "state": state, "created": created}
        return replace(BASE, resource_version=1, **values)

    items = [aged(0, JobState.RUNNING), *(aged(n, JobState.FAILED) for n in range(1, 9))]
    await mirror.take_page(Page(items=tuple(items), total=50, resource_version=1), Slices())
    assert mirror.total == 50, "while it is read: how many there will be"
    await mirror.finish(Slices(), left_out=True)
    assert mirror.total == 50, "9 here, 41 left out"
    for number in range(9, 13):
        item = replace(aged(number, JobState.FAILED), resource_version=number)
        mirror.change(
            Change(resource_version=number, op=ChangeOp.PUT, kind="job", id=item.name, job=item)
        )
        await mirror.prune(Slices())
    names = set(store.table("jobs").view)
    assert len(names) == 10 and "j0" in names and "j12" in names and "j1" not in names
    assert mirror.total == 54
