"""Pages on which one of the cast is signed in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.factories import PASSWORD
from tests.support.browser import sign_in


@pytest.fixture
def at_desk(browser_context, live_server, settings, tmp_path: Path) -> Callable[..., Page]:
    """`at_desk("liaison", "/reports/")` is that page for that member of the cast, without an address what they see
    first; files go to the test's folder.
    """
    settings.MEDIA_ROOT = tmp_path

    def page(who: str, path: str = "", **options) -> Page:
        page = browser_context(**options).new_page()
        sign_in(page, live_server.url, who, PASSWORD)
        if path:
            page.goto(live_server.url + path)
        return page

    return page
