"""A profile as the console opens it: which provider answers for which service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

LOCAL = "local"
"""The profile that is always there: the embedded cloud of this machine."""

DEMO = "demo"
"""The profile of the simulation that runs on this machine."""

SERVICES = (
    "training",
    "compute",
    "logs",
    "events",
    "telemetry",
    "billing",
    "alerts",
    "finetuning",
    "models",
)
"""The services a profile can name a provider for; one not named is asked of `training`'s."""

SERVICE_OF_CAPABILITY: Mapping[str, str] = {
    "identity": "training",
    "jobs.read": "training",
    "jobs.write": "training",
    "logs.read": "logs",
    "nodes.read": "compute",
    "nodes.write": "compute",
    "events.stream": "events",
    "telemetry.read": "telemetry",
    "billing.read": "billing",
    "alerts.read": "alerts",
    "finetuning": "finetuning",
    "models.read": "models",
}


@dataclass(frozen=True, init=False)
class ProviderChoice:
    """One provider, its options, and where its credential comes from (at most one source)."""

    provider: str
    token_env: str
    """Name of an environment variable."""
    token_command: str
    """A command whose first output line is the credential."""
    token_keyring: str
    """Name of an entry in the keyring of this machine."""
    options: dict[str, Any]
    """What the provider itself is configured with."""

    def __init__(
        self,
        /,
        provider: str,
        *,
        token_env: str = "",
        token_command: str = "",
        token_keyring: str = "",
        **options: Any,
    ) -> None:
        given = (provider, token_env, token_command, token_keyring, options)
        for name, value in zip(self.__dataclass_fields__, given, strict=True):
            object.__setattr__(self, name, value)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A tenant as this console opens it."""

    name: str
    services: dict[str, ProviderChoice]
    read_only: bool = False
    protected: bool = False
    colour: Literal["", "red", "yellow", "green", "blue", "magenta", "cyan"] = ""
    simulated: bool = False
    """True where the simulation of this machine answers."""

    @property
    def is_embedded(self) -> bool:
        """True where the embedded cloud answers, which may be started on demand."""
        main = self.choice("training")
        return (
            not self.simulated
            and main.provider == "tenant"
            and not main.options.get("url")
            and not main.options.get("socket")
        )

    def choice(self, service: str) -> ProviderChoice:
        """Who answers for a service."""
        found = self.services.get(service) or self.services.get("training")
        return found or next(iter(self.services.values()))

    def choice_for(self, capability: str) -> ProviderChoice:
        """Who answers for a capability id."""
        return self.choice(SERVICE_OF_CAPABILITY[capability])
