"""Lists that lack what most have: no chapters, deadlines, targets, counties, rounds. Every page is there for them, too.

The pages are found as people find them, by following links from the desk, and by the addresses of the menu.
"""

import re
from collections import Counter, deque
from dataclasses import replace
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse

from tasks_app.bulletins.actions import draft_bulletin
from tasks_app.catalogue.actions import apply_items
from tasks_app.closing.actions import close_period
from tasks_app.notices.actions import issue_notices
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.reminders.actions import make_round
from tasks_app.reporting.actions import accept_entries, refresh_standings
from tasks_app.schedule.actions import derive_obligations
from tasks_app.scores.actions import publish_sheet, save_scheme
from tasks_app.scores.drafts import usual
from tests.factories import ITEMS, START, beijing

AT = beijing("2024-08-02 10:00")
COUNTIES = {"各县区政府", "海东工业园区管委会"}
# How many pages of one kind are looked at: the first with its filters, and others.
OF_A_KIND = 3
MENU = [
    "desk", "ledger", "ledger_csv", "ledger_xlsx", "reports", "progress", "leader", "leader_matrix", "leader_changes",
    "overdue", "overdue_csv", "requests", "spot_checks", "instructions", "notices", "notices_csv", "bulletins",
    "scores", "scores_csv", "objections", "confirmations", "messages", "reminders", "search",
]  # fmt: skip
# Answered by what is no page: another language, the way out, a file of the browser's own.
LEFT_OUT = {"set_language", "logout", "demo_mail"}


def without_chapters(item):
    return replace(item, path=())


def without_deadlines(item):
    return replace(item, due_on=None, due_text="", due_basis="none")


def without_targets(item):
    return replace(item, targets=())


def without_counties(item):
    leads = tuple(name for name in item.lead_units if name not in COUNTIES) or ("市教育局",)
    assists = tuple(name for name in item.assist_units if name not in COUNTIES)
    return replace(item, lead_units=leads, assist_units=assists, counties=(), targets=())


def without_all(item):
    return without_chapters(without_deadlines(without_targets(without_counties(item))))


def laid_out(world, change):
    """The list of the small city as `change` leaves its items, two rounds opened anew."""
    world.task_list.periods.all().delete()
    apply_items(task_list=world.task_list, items=map(change, ITEMS), by=None, at=AT)
    derive_obligations(task_list=world.task_list, by=None, at=AT)
    world.open("2024-08-02 10:00")
    refresh_standings(today=AT.date())


def played(world):
    """July closed, scored and in a bulletin's draft; August handed in and accepted by one unit; a notice."""
    coordinator, supervisor = world.people["coordinator"], world.people["supervisor"]
    july = world.task_list.periods.earliest("opens_at")
    close_period(period=july, by=coordinator, at=AT)
    scheme = usual(starts_on=START.replace(day=1))
    save_scheme(task_list=world.task_list, scheme=scheme, reason="考核", version=0, by=supervisor, at=AT)
    publish_sheet(period=july, by=supervisor, at=AT)
    draft_bulletin(period=july, by=coordinator, at=AT)
    report = world.submit("liaison", percent=30, at="2024-08-02 10:00")
    first, *_rest = report.entries.order_by("pk")
    accept_entries(report=report, entry_ids=[first.pk], by=coordinator, at=AT)
    demand = NoticeDraft(
        unit=world.units["市住房建设局"],
        level=NoticeLevel.REMINDER,
        tasks=(world.task(1),),
        demands_text="请倒排工期。",
    )
    issue_notices(task_list=world.task_list, drafts=[demand], by=supervisor, at=AT)
    make_round(at=AT)


def links(address, text):
    for href in re.findall(r'<a\b[^>]*?href="([^"]*)"', text):
        target = urldefrag(urljoin(address, unescape(href)))[0]
        if not urlsplit(target).netloc and target.startswith("/"):
            yield target


def visited(client, starts, of_a_kind):
    """Address and where it was found → status of every page that is reached, a few of each kind."""
    waiting, known, kinds, answers = deque((start, "the menu") for start in starts), set(), Counter(), {}
    while waiting:
        address, origin = waiting.popleft()
        if address in known:
            continue
        known.add(address)
        try:
            kind = resolve(urlsplit(address).path).view_name
        except Resolver404:
            continue
        kinds[kind] += 1
        if kind in LEFT_OUT or kind.startswith("admin:") or kinds[kind] > of_a_kind:
            continue
        answer = client.get(address, follow=True)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answers[f"{address} from {origin}"] = answer.status_code
        if answer.headers["Content-Type"].startswith("text/html"):
            waiting.extend((target, address) for target in links(address, content.decode()))
    return answers


WHO = ["liaison", "coordinator", "supervisor", "leader"]
# Whoever coordinates a list has nearly every page of it, so what is lacking alone is looked at with their eyes.
ONE_LACKING = [without_chapters, without_deadlines, without_targets, without_counties]
CASES = [(change, "coordinator") for change in ONE_LACKING] + [(without_all, who) for who in WHO]


def asked(signed_in, who, of_a_kind=OF_A_KIND):
    # The leader's pages are for those who oversee, the overdue page for those who follow up.
    allowed = {200, 403} if who == "liaison" else {200}
    client = signed_in(who)
    answers = visited(client, [reverse(name) for name in MENU], of_a_kind)
    wrong = {address: status for address, status in answers.items() if status not in allowed}
    return answers, wrong


@pytest.mark.parametrize(("change", "who"), CASES)
def test_every_page_opens_for_a_list(world, signed_in, change, who):
    laid_out(world, change)
    played(world)
    answers, wrong = asked(signed_in, who, OF_A_KIND if change is without_all else 2)
    assert wrong == {}
    assert len(answers) > 40


@pytest.mark.parametrize("who", WHO)
def test_every_page_opens_for_a_list_without_a_round(world, signed_in, who):
    laid_out(world, without_all)
    world.task_list.periods.all().delete()
    refresh_standings(today=AT.date())
    answers, wrong = asked(signed_in, who)
    assert wrong == {}
    assert len(answers) > 25
