"""What can be asked about one node from its own view."""

from __future__ import annotations

from api_client.models.base import Ref
from api_client.models.compute import Node
from console.present.facts import condition_facts, node_facts
from console.text import visible
from screens.base import View
from screens.object_dialogs import fact_lines, go_to_one, show_lines, show_raw


class NodeVerbs(View):
    """Its data, the reasons for its state, the jobs on it."""

    @property
    def node(self) -> Node | None:
        """What is known of the node."""
        raise TypeError("the view of a node knows it")

    def do_raw(self) -> None:
        node = self.node
        if node is not None:
            show_raw(self, visible(node.name), node)

    def do_why(self) -> None:
        node, ctx = self.node, self.desk.present()
        if node is not None:
            lines = fact_lines((*node_facts(node, ctx), *condition_facts(node, ctx)))
            show_lines(self, ctx.t("screen.why_title", name=visible(node.name)), lines)

    def do_related(self) -> None:
        node, t = self.node, self.desk.t
        if node is not None:
            jobs = [Ref(kind="job", id=job) for job in node.jobs]
            go_to_one(self, jobs, t("screen.choose_related"), t("screen.nothing_related"))
