"""A real browser for the journeys: Debian's Chromium, driven by Playwright.

Use the fixtures by importing them into the conftest of a folder (tests/journeys/conftest.py does):
`browser_context(javascript=False, viewport=PHONE)` is a fresh person's browser; as many as wanted in
one test. After the test it fails on every script error, every breach of the content security policy,
and every request to another host than the pages' own.

`DUBAN_TEST_THROTTLE=6` makes every page compute six times slower: what passes only on a quick and idle
machine fails here first.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.support.stages import Theatre

DESKTOP: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}
# How many times slower than the machine the pages compute; 1 is its own pace.
THROTTLE = float(os.environ.get("DUBAN_TEST_THROTTLE", "1"))
# How long an element may take to appear, in milliseconds: the suite shares two cores.
PATIENCE = 15_000 * max(1, THROTTLE)


# Debian's names of Chromium. The shell without windows first: the same engine at half the cost.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium_path() -> str:
    """Where Chromium is; skips the test loudly when it is nowhere, fails it where nothing may be skipped."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found:
        return found
    missing = "Chromium is not installed (Debian package chromium-headless-shell): nothing was tried in a browser"
    if os.environ.get("DUBAN_TEST_REQUIRE_ALL") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


class Watch:
    """What went wrong in the pages of one test."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """Let messages that match pass: a test that provokes an error says which."""
        self._expected.append(pattern)

    def page(self, page: Page) -> None:
        page.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._note(f"script error: {error}"))
        page.on("request", lambda request: self._foreign(request.url))

    def _note(self, text: str) -> None:
        self.seen.append(text)

    def _foreign(self, url: str) -> None:
        if urlsplit(url).scheme in {"http", "https", "ws", "wss"} and urlsplit(url).hostname not in {
            "localhost",
            "127.0.0.1",
        }:
            self._note(f"fetched from outside: {url}")

    @property
    def complaints(self) -> list[str]:
        return [text for text in self.seen if not any(re.search(pattern, text) for pattern in self._expected)]


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="session")
def chromium(theatre: Theatre) -> Iterator[Browser]:
    """One Chromium for all tests of this process; each test opens contexts of its own in it."""
    path = chromium_path()
    # While Playwright's loop runs, Django has other connections: a stage would stay open on the one of before.
    theatre.clear()
    connections.close_all()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop runs in this thread from now on, and Django would refuse the tests' own queries.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        # One process draws all pages: they are all of one site, and each new process costs a sixth of a journey.
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--renderer-process-limit=1"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()
        theatre.clear()
        connections.close_all()


@pytest.fixture
def browser_context(chromium: Browser, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """A function that opens fresh browser contexts; each is watched, all are closed after the test."""
    expect.set_options(timeout=PATIENCE)
    opened: list[BrowserContext] = []

    def open_context(*, javascript: bool = True, viewport: ViewportSize = DESKTOP, **options: Any) -> BrowserContext:
        context = chromium.new_context(
            java_script_enabled=javascript,
            viewport=viewport,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        opened.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("page", watch.page)
        if THROTTLE > 1:
            context.on("page", _slow_down)
        return context

    yield open_context
    for context in opened:
        context.close()
    assert not watch.complaints, "the browser complained:\n" + "\n".join(watch.complaints)


def _slow_down(page: Page) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})


def sign_in(page: Page, base: str, username: str, password: str) -> None:
    """Through the sign-in page, as a person does."""
    page.goto(f"{base}/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", password)
    page.locator(".sign-in form [type=submit]").first.click()
    page.wait_for_url(lambda url: "/login/" not in url)


# How far the page sticks out once it has come to rest, or when the patience is at its end. One script that runs in the
# page: Playwright's own waiting gives the page a text to compile at each look, and the page's policy forbids that from
# the second look on.
STICKS_OUT = """async (patience) => {
    const page = document.documentElement;
    const end = performance.now() + patience;
    while (page.scrollWidth > page.clientWidth && performance.now() < end) {
        await new Promise(requestAnimationFrame);
    }
    return page.scrollWidth - page.clientWidth;
}"""


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window once it has come to rest.

    What is just being swapped in may stick out for a moment, on a busy machine for a long one.
    """
    return page.evaluate(STICKS_OUT, 2000)
