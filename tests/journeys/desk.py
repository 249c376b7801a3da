"""Pages on which one of the cast is signed in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.factories import PASSWORD
from tests.support.browser import sign_in


@pytest.fixture
def at_desk(browser_context, live_server, settings, tmp_path: Path) -> Callable[..., Page]:
    """`at_desk("liaison")` is a page on which that member of the cast is signed in; files go to the test's folder."""
    settings.MEDIA_ROOT = tmp_path

    def page(who: str, **options) -> Page:
        page = browser_context(**options).new_page()
        sign_in(page, live_server.url, who, PASSWORD)
        return page

    return page
