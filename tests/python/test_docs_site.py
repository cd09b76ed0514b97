"""The documentation site, as far as it needs no build; tests/browser looks at the page itself."""

import pytest

from orchestration.docs_site import write_site
from orchestration.errors import PartnerMetricsError
from orchestration.settings import Settings


def test_without_a_build_it_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(PartnerMetricsError, match=r"Run `make run` first\.$"):
        write_site(settings)
