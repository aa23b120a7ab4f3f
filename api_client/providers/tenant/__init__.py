"""The Tenant API: what the embedded cloud and its simulator speak."""

from __future__ import annotations

from collections.abc import Mapping

from api_client.address import parse_address
from api_client.auth import TokenSource
from api_client.exchange import Limits
from api_client.options import OptionError, checked_options, seconds
from api_client.providers.tenant.provider import OPTIONS, TenantProvider
from api_client.transport import Transport

__all__ = ["OPTIONS", "TenantProvider", "open_provider"]


def open_provider(options: Mapping[str, str], token: TokenSource) -> TenantProvider:
    """Open a tenant by its settings.

    Raises:
        OptionError: a setting is unknown, missing or wrong.
    """
    values = checked_options(OPTIONS, options)
    try:
        parse_address(values["url"])
    except ValueError as error:
        raise OptionError("url", str(error)) from error
    timeout = seconds("timeout", values["timeout"])
    limits = Limits(read=timeout, write=timeout, whole_call=2 * timeout)
    return TenantProvider(
        Transport(values["url"], token=token, provider=TenantProvider.NAME, limits=limits)
    )
