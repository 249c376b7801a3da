"""The leader in a browser: one screen, one sheet of paper, two clicks to any task; on the real list."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import User
from tasks_app.catalogue.models import TaskList
from tasks_app.closing.actions import close_period
from tasks_app.reporting.actions import open_periods, refresh_standings
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.units.models import Unit
from tests.factories import PASSWORD, beijing
from tests.support.browser import DESKTOP, PHONE, sideways, sign_in
from tests.support.office import pdf_pages, pdf_text

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOW = beijing("2024-11-21 10:00")


def person(username: str, role: Role, unit: str) -> User:
    return add_person(
        username=username,
        name=f"{unit}{role.label}",
        email=f"{username}@example.test",
        password_hash=make_password(PASSWORD),
        unit=Unit.objects.get(jurisdiction__code="630200", name=unit),
        role=role,
        by=None,
        at=NOW,
    )


@pytest.fixture
def city(transactional_db, settings) -> Iterator[TaskList]:
    """The 194 items on 2024-11-21, under the banner of a demo: every third entry was accepted, 循化县政府 said little,
    and two rounds are closed."""
    with time_machine.travel(NOW, tick=True):
        call_command("load_lists", verbosity=0)
        settings.DEMO = True
        task_list = TaskList.objects.get(slug="haidong-2024-69")
        open_periods(by=None, at=NOW)
        entries = list(ReportEntry.objects.select_related("report__unit").order_by("pk")[::3])
        for number, entry in enumerate(entries):
            entry.status, entry.percent, entry.done_text = "accepted", 40 + number * 37 % 60, "已开工。"
            if entry.report.unit.name == "循化县政府":
                entry.percent, entry.problem_text = 3, "资金未到位。"
        ReportEntry.objects.bulk_update(entries, ["status", "percent", "done_text", "problem_text"], batch_size=500)
        reports = {entry.report_id for entry in entries[:600]}
        MonthlyReport.objects.filter(pk__in=reports).update(first_submitted_at=NOW - dt.timedelta(days=20))
        coordinator = person("coordinator", Role.COORDINATOR, "市发展改革委")
        for period in task_list.periods.order_by("opens_at")[:2]:
            close_period(period=period, by=coordinator, at=NOW)
        refresh_standings(today=NOW.date())
        person("leader", Role.LEADER, "市政府办公室")
        yield task_list


@pytest.fixture
def overview(city, browser_context, live_server):
    """`overview()` is the page on which a leader begins."""

    def page(**options) -> Page:
        opened = browser_context(**options).new_page()
        sign_in(opened, live_server.url, "leader", PASSWORD)
        opened.wait_for_url("**/leader/")
        return opened

    return page


def expect_the_task_with_its_months(page: Page) -> None:
    page.wait_for_url("**/tasks/*/")
    expect(page.get_by_role("heading", name="近三期")).to_be_visible()


def test_who_leads_begins_on_one_screen_that_does_not_scroll_and_prints_on_one_sheet(overview):
    page = overview(viewport=DESKTOP)
    expect(page.locator("#trend .plot.drawn")).to_have_count(2)
    for heading in ("各县区", "要过问的事", "牵头单位 × 县区", "逐期", "变动最大", "各章"):
        expect(page.get_by_role("heading", name=heading)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollHeight") <= DESKTOP["height"]
    assert not sideways(page)
    expect(page.locator(".tiles li")).to_have_count(7)
    expect(page.locator(".worst li")).to_have_count(5)

    paper = page.pdf(prefer_css_page_size=True)
    assert [(round(wide), round(high)) for wide, high in pdf_pages(paper)] == [(842, 595)]
    words = pdf_text(paper)
    assert "数据截至 2024年11月21日" in words
    assert "循化县" in words
    page.emulate_media(media="print")
    edges = page.locator(".sum").evaluate("sum => [sum.getBoundingClientRect().right, innerWidth]")
    assert edges[0] < edges[1], "a frame that ends where the sheet ends is printed without its right line"


def test_the_screen_does_not_scroll_in_english_either_and_the_plots_heading_leaves_room_for_its_tools(overview):
    page = overview(viewport=DESKTOP)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Needs attention")).to_be_visible()
    expect(page.locator("#trend .plot.drawn")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollHeight") <= DESKTOP["height"]
    assert not sideways(page)
    words, tools = (page.locator(f"#trend {each}").bounding_box() for each in ("figcaption", ".tools"))
    assert words["x"] + words["width"] <= tools["x"]


def test_a_window_made_wider_has_its_plots_drawn_anew_inside_their_column(overview):
    page = overview(viewport={"width": 1000, "height": DESKTOP["height"]})
    expect(page.locator("#trend .plot.drawn")).to_have_count(2)
    drawing = page.locator("#trend .main-svg").first
    before = drawing.get_attribute("width")
    page.set_viewport_size(DESKTOP)
    expect(drawing).not_to_have_attribute("width", before)
    assert not sideways(page)


def test_which_county_is_furthest_behind_and_why_takes_one_click_and_its_task_another(overview):
    page = overview(viewport=DESKTOP)
    tile = page.locator(".tile.furthest")
    expect(tile).to_contain_text("循化县")
    tile.click()  # the first click
    expect(page.get_by_role("heading", name="循化县政府")).to_be_visible()
    expect(page.get_by_role("heading", name="为什么")).to_be_visible()
    expect(page.locator("table.ledger")).to_contain_text("资金未到位。")
    page.locator("table.ledger a[href^='/tasks/']").first.click()  # the second
    expect_the_task_with_its_months(page)


def test_from_every_kind_of_mark_a_task_is_at_most_two_clicks_away(overview):
    page = overview(viewport=DESKTOP)
    here = page.url
    for mark in (".worst a", ".movers a"):
        page.locator(mark).first.click()
        expect_the_task_with_its_months(page)
        page.goto(here)
    for mark in (".sum a.light.late[href*='light=red']", ".cross td a", ".chapters li > a", ".chapters .light.late"):
        page.locator(mark).first.click()
        page.locator("table.ledger a[href^='/tasks/'], table.ledger a.item").first.click()
        expect_the_task_with_its_months(page)
        page.goto(here)
    page.locator(".sum a[href*='/leader/changes/']").first.click()
    page.locator("table.ledger a[href^='/tasks/']").first.click()
    expect_the_task_with_its_months(page)
    page.goto(here)
    expect(page.locator("#trend .plot.drawn")).to_have_count(2)
    bar = page.locator("[data-plot=lights-figure] .bars .point").first.bounding_box()
    middle = (bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    page.mouse.move(*middle)
    expect(page.locator("[data-plot=lights-figure] .hovertext")).to_contain_text("2024年7月期")
    page.mouse.click(*middle)
    page.wait_for_url("**/periods/*/figures/")
    page.locator("table.ledger a[href^='/tasks/']").first.click()
    expect_the_task_with_its_months(page)


def test_another_list_is_chosen_on_the_page_and_says_what_it_has(overview):
    page = overview(viewport=DESKTOP)
    page.get_by_label("清单").select_option("haidong-2024-46")
    page.wait_for_url("**/leader/?list=haidong-2024-46")
    expect(page.locator("main")).to_contain_text("本清单还没有开始的报送期")
    expect(page.locator(".tiles")).to_have_count(0)


def test_on_a_phone_it_is_stacked_and_nothing_leaves_the_window(overview):
    page = overview(viewport=PHONE)
    expect(page.locator("#trend .plot.drawn")).to_have_count(2)
    assert not sideways(page)
    tiles, worst = page.locator(".tiles").bounding_box(), page.locator(".worst").bounding_box()
    assert tiles["y"] + tiles["height"] <= worst["y"]
    page.locator(".tile.furthest").click()
    expect(page.get_by_role("heading", name="循化县政府")).to_be_visible()
    assert not sideways(page)


def test_without_scripts_the_table_says_what_the_plots_would(overview):
    page = overview(viewport=DESKTOP, javascript=False)
    expect(page.locator("#trend table")).to_contain_text("2024年7月期")
    expect(page.locator("#trend table")).to_contain_text("今日")
    page.locator(".tile.furthest").click()
    expect(page.get_by_role("heading", name="为什么")).to_be_visible()
