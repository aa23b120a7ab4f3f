"""The currencies that need no locale data are shown as the locale data would."""

from __future__ import annotations

import pytest

from console.present.units import COMMON_STYLES, babel_style


@pytest.mark.parametrize(("currency", "language"), list(COMMON_STYLES))
def test_a_common_currency_is_as_babel_has_it(currency: str, language: str) -> None:
    assert COMMON_STYLES[currency, language] == babel_style(currency, language)
