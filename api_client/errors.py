"""Every way a call can fail.

    CloudError
    ├── Unavailable             the service cannot be reached or is broken (5xx)
    │   ├── Unreachable         nothing listens there
    │   └── TimedOut            it did not answer in time
    ├── Authentication          it does not know who we are (401)
    ├── Permission              it knows and says no (403)
    ├── NotFound                there is no such object (404)
    ├── Conflict                the object is in the way or in the wrong state (409)
    ├── InvalidRequest          it cannot accept what was sent (400, 422); `fields` says where
    ├── RateLimited             too many calls (429); `retry_after` says when
    ├── Expired                 the version or cursor asked for is gone (410)
    ├── BadReply                it answered with something that is not its contract
    ├── OutcomeUnknown          a write was sent and its answer lost: read before trying again
    └── Unsupported             this provider cannot do that; `hint` says what would

Each error says what was tried (`action`), what the server said (`detail`) and what to do
(`hint`), and carries `provider` and `request_id`. None ever holds a secret.
"""

from __future__ import annotations

from collections.abc import Mapping


class CloudError(Exception):
    """Base of all errors of this package.

    Args:
        action: what was tried, as a verb phrase ("read job demo").
        detail: what the other side said.
        hint: what to do about it.
    """

    hint_default = ""

    def __init__(
        self,
        action: str,
        detail: str = "",
        *,
        hint: str = "",
        provider: str = "",
        request_id: str = "",
        status: int | None = None,
    ) -> None:
        self.action = action
        self.detail = detail
        self.hint = hint or self.hint_default
        self.provider = provider
        self.request_id = request_id
        self.status = status
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """What was tried and what came back, in one sentence."""
        return (
            f"could not {self.action}: {self.detail}" if self.detail else f"could not {self.action}"
        )


class Unavailable(CloudError):
    """The service cannot be reached or answers with a server error."""

    retry_after: float | None = None
    """Seconds from now after which the service asked to be called again, where it did."""

    hint_default = "check that the service runs and the address is right, then refresh"


class Unreachable(Unavailable):
    """No connection can be opened: nothing listens there, or nobody knows the address."""


class TimedOut(Unavailable):
    """The service did not answer in time."""

    hint_default = "the service is slow or unreachable; it is safe to read again"


class Authentication(CloudError):
    """The credential is missing, wrong or expired."""

    hint_default = "check the profile's credential with `qd doctor`"


class Permission(CloudError):
    """The credential is known but may not do this."""

    hint_default = "ask an administrator of the tenant for the role"


class NotFound(CloudError):
    """The object does not exist, or not for this credential."""

    hint_default = "it may have been deleted; refresh the list"


class Conflict(CloudError):
    """The object exists already or is in a state that forbids this."""

    hint_default = "refresh, look at its state, then decide"


class InvalidRequest(CloudError):
    """The service cannot accept what was sent; `fields` maps a field to what is wrong with it."""

    def __init__(
        self,
        action: str,
        detail: str = "",
        *,
        fields: Mapping[str, str] | None = None,
        hint: str = "",
        provider: str = "",
        request_id: str = "",
        status: int | None = None,
    ) -> None:
        self.fields = dict(fields or {})
        super().__init__(
            action,
            detail,
            hint=hint,
            provider=provider,
            request_id=request_id,
            status=status,
        )


class RateLimited(CloudError):
    """Too many calls; `retry_after` is seconds from now, `None` when the service did not say."""

    hint_default = "the console slows down by itself"

    def __init__(
        self,
        action: str,
        detail: str = "",
        *,
        retry_after: float | None = None,
        hint: str = "",
        provider: str = "",
        request_id: str = "",
        status: int | None = None,
    ) -> None:
        self.retry_after = retry_after
        super().__init__(
            action,
            detail,
            hint=hint,
            provider=provider,
            request_id=request_id,
            status=status,
        )


class Expired(CloudError):
    """The version or cursor asked for is no longer kept; list again from the start."""

    hint_default = "the list is read again from the start"


class BadReply(CloudError):
    """The answer does not follow the service's contract."""

    hint_default = "the service may be newer or older than this console"


class OutcomeUnknown(CloudError):
    """A write was sent and no answer came back. It may or may not have happened."""

    hint_default = "read the object to see what happened before trying again"


class Unsupported(CloudError):
    """This provider cannot do that."""
