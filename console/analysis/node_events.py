"""Events by the node they are about or name, kept while events come and go."""

from __future__ import annotations

from collections.abc import Iterator

from api_client.models.event import Event


class NodeEvents:
    """What happened to each node; of a node nothing happened to nothing is kept."""

    def __init__(self) -> None:
        self._by_node: dict[str, dict[str, Event]] = {}

    def put(self, event: Event) -> None:
        """Take an event in."""
        for node in _nodes_of(event):
            self._by_node.setdefault(node, {})[event.id] = event

    def take(self, event: Event) -> None:
        """Give it back as it was."""
        for node in _nodes_of(event):
            known = self._by_node.get(node, {})
            known.pop(event.id, None)
            if not known:
                self._by_node.pop(node, None)

    def of(self, node: str) -> list[Event]:
        """The events about a node or naming it, the newest first."""
        found = self._by_node.get(node, {}).values()
        return sorted(found, key=lambda event: (event.time, event.id), reverse=True)


def _nodes_of(event: Event) -> Iterator[str]:
    about = event.subject.id if event.subject.kind == "node" else ""
    named = event.fields.get("node")
    if about:
        yield about
    if isinstance(named, str) and named and named != about:
        yield named
