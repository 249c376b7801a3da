"""Every page's number of SQL queries, held to a checked-in baseline, and independent of the number of rows.

`DUBAN_UPDATE_QUERY_COUNTS=1 pytest tests/web/test_query_counts.py` writes the baseline anew: look at its
diff, a number that rises needs a reason.
"""

import datetime as dt
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tasks_app.bulletins.actions import decide_bulletin, draft_bulletin, publish_bulletin, submit_bulletin
from tasks_app.catalogue.actions import apply_items
from tasks_app.closing.actions import close_period
from tasks_app.inspection.actions import Seen, make_spot_check
from tasks_app.inspection.instructing import issue_instruction
from tasks_app.notices.actions import issue_notices
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.reminders.actions import issue_calendar_feed, make_round
from tasks_app.reporting.actions import refresh_standings
from tasks_app.schedule.actions import derive_obligations
from tasks_app.scores.actions import decide_objection, file_objection, publish_sheet, save_scheme
from tasks_app.scores.drafts import usual
from tasks_app.supervision.actions import request_closure
from tasks_app.supervision.extending import request_extension
from tests.factories import ITEMS, START, beijing

BASELINE = Path(__file__).parents[1] / "query_counts.json"
PAGES = {
    "requests": ["liaison", "supervisor"],
    "spot_checks": ["liaison", "supervisor"],
    "instructions": ["liaison", "leader"],
    "desk": ["liaison", "coordinator", "supervisor", "administrator"],
    "ledger": ["liaison", "leader"],
    "ledger_csv": ["leader"],
    "ledger_xlsx": ["leader"],
    "task": ["liaison", "leader"],
    "thresholds": ["coordinator", "leader"],
    "task_milestones": ["coordinator"],
    "reports": ["liaison", "coordinator", "leader"],
    "report": ["liaison"],
    "report_submit": ["liaison"],
    "overdue": ["supervisor", "coordinator"],
    "overdue_filters": ["supervisor"],
    "search": ["liaison", "supervisor"],
    "bulletins": ["liaison", "coordinator"],
    "bulletin": ["liaison", "supervisor"],
    "bulletin_docx": ["liaison"],
    "bulletin_edit": ["coordinator"],
    "scores": ["liaison", "supervisor"],
    "scores_csv": ["leader"],
    "score_period": ["liaison", "supervisor"],
    "score_lines": ["liaison", "supervisor"],
    "score_lines_csv": ["supervisor"],
    "score_unit": ["liaison", "supervisor"],
    "score_rules": ["liaison", "supervisor"],
    "objections": ["liaison", "supervisor"],
    "notices": ["liaison", "supervisor"],
    "notices_csv": ["leader"],
    "notice_proposals": ["supervisor"],
    "notice_new": ["supervisor"],
    "notice": ["liaison", "supervisor"],
    "notice_docx": ["liaison"],
    "progress": ["leader"],
    "leader": ["leader", "supervisor", "coordinator"],
    "leader_county": ["leader"],
    "leader_matrix": ["leader"],
    "leader_changes": ["leader"],
    "leader_csv": ["leader"],
    "imports": ["administrator"],
    "messages": ["liaison"],
    "reminders": ["liaison", "coordinator"],
    "reminders_sent": ["liaison", "coordinator"],
    "reminders_failed": ["supervisor"],
    "reminder_lists": ["administrator"],
    "reminder_list": ["coordinator"],
    "reminder_chase": ["coordinator"],
    "vacancies": ["coordinator", "administrator"],
    "my_reminders": ["liaison"],
    "calendar_feed": ["liaison"],
}
CASES = [(page, who) for page, people in PAGES.items() for who in people]


def act_on_tasks(world):
    """A request, a visit and an instruction on each task of 市住房建设局 that has none yet, up to thirty."""
    unit, at = world.units["市住房建设局"], beijing("2024-08-02 10:00")
    seen = Seen("工地", at.date(), "已开工", "green")
    for task in world.task_list.tasks.filter(obligations__unit=unit, instructions=None)[:30]:
        by = world.people["liaison"]
        request_extension(task=task, unit=unit, asked_due_on=dt.date(2025, 3, 31), reason="停工", by=by, at=at)
        request_closure(task=task, unit=unit, evidence_text="已验收", by=by, at=at)
        make_spot_check(task=task, unit=unit, seen=seen, by=world.people["supervisor"], at=at)
        issue_instruction(task=task, text="请加快", by=world.people["leader"], at=at)


def address(page, who, world):
    if page in ("requests", "spot_checks", "instructions", "task"):
        act_on_tasks(world)
    if page in ("task", "task_milestones"):
        return reverse(page, args=[world.task(1).pk])
    if page.startswith("leader"):
        july = world.task_list.periods.earliest("opens_at")
        close_period(period=july, by=world.people["coordinator"], at=beijing("2024-08-02 10:00"))
    if page == "leader_county":
        return reverse(page, args=[world.units["乐都区政府"].pk])
    if page == "leader_csv":
        return reverse(page, args=["matrix"])
    if page in ("report", "report_submit"):
        return reverse(page, args=[world.report(who).pk])
    if page in ("reminder_list", "reminder_chase", "thresholds"):
        return reverse(page, args=[world.task_list.pk])
    if page == "notice_new":
        return reverse(page) + "?" + "&".join(f"task={pk}" for pk in world.task_list.tasks.values_list("pk", flat=True))
    if page.startswith("notice"):
        made = issued_notice(world)
        return reverse(page, args=[made.pk] if page in ("notice", "notice_docx") else [])
    if page.startswith("bulletin"):
        made = published_bulletin(world, publish=page != "bulletin_edit")
        return reverse(page, args=[] if page == "bulletins" else [made.pk])
    if page.startswith(("score", "objections")):
        period = scored_round(world)
        of_list = {name: [period.pk] for name in ("score_period", "score_lines", "score_lines_csv")}
        of_list["score_rules"] = [world.task_list.slug]
        of_list["score_unit"] = [world.task_list.slug, world.units["市住房建设局"].pk]
        return reverse(page, args=of_list.get(page, []))
    if page == "reminders_sent":
        make_round(at=beijing("2024-08-02 10:00"))
    if page == "calendar_feed":
        person = world.people[who]
        return reverse(page, args=[issue_calendar_feed(user=person, by=person, at=beijing("2024-08-02 10:00")).token])
    if page == "search":
        return f"{reverse(page)}?q=小区"
    return reverse(page)


def published_bulletin(world, *, publish):
    """July's bulletin; a draft where it is not to be published."""
    at, by = beijing("2024-08-02 10:00"), world.people["coordinator"]
    period = close_period(period=world.task_list.periods.earliest("opens_at"), by=by, at=at).period
    made = draft_bulletin(period=period, by=by, at=at)
    if publish:
        made = submit_bulletin(bulletin=made, version=0, by=by, at=at)
        supervisor = world.people["supervisor"]
        made = decide_bulletin(bulletin=made, granted=True, opinion="", version=1, by=supervisor, at=at)
        made = publish_bulletin(bulletin=made, version=2, by=by, at=at)
    return made


def scored_round(world):
    """July closed and scored, a line for every silent task, two of them objected to, one of these struck."""
    at, by = beijing("2024-08-02 10:00"), world.people["supervisor"]
    world.task_list.red_misses = 1
    world.task_list.save()
    if not world.task_list.score_schemes.exists():
        scheme = usual(starts_on=START.replace(day=1))
        save_scheme(task_list=world.task_list, scheme=scheme, reason="考核", version=0, by=by, at=at)
    july = world.task_list.periods.earliest("opens_at")
    close_period(period=july, by=world.people["coordinator"], at=at)
    sheet = publish_sheet(period=july, by=by, at=at)
    lines = sheet.lines.select_related("sheet").filter(unit__name="市住房建设局", points__lt=0)
    for number, line in enumerate(lines[:2]):
        objection = file_objection(line=line, text="不实", by=world.people["liaison"], at=at)
        if number:
            decide_objection(objection=objection, upheld=True, reason="属实", by=by, at=at)
    return july


def issued_notice(world):
    """A notice on every task that 市住房建设局 leads and that no notice is about yet; the newest."""
    unit = world.units["市住房建设局"]
    led = world.task_list.tasks.filter(obligations__unit=unit, obligations__role="lead", notice_parts=None)
    tasks = tuple(led.select_related("standing", "task_list").distinct())
    draft = NoticeDraft(unit=unit, level=NoticeLevel.REMINDER, tasks=tasks, demands_text="请倒排工期。")
    by, at = world.people["supervisor"], beijing("2024-08-02 10:00")
    return issue_notices(task_list=world.task_list, drafts=[draft], by=by, at=at)[-1]


def grow(world, count=120):
    """Sixty times the tasks, with their obligations, entries and standings."""
    items = [
        replace(ITEMS[0], seq=100 + n, no=str(100 + n), key_task=f"第{n}类", content=f"改造小区第 {n} 批。")
        for n in range(count)
    ]
    at = beijing("2024-08-02 10:00")
    apply_items(task_list=world.task_list, items=items, by=None, at=at)
    derive_obligations(task_list=world.task_list, by=None, at=at)
    world.task_list.periods.all().delete()
    world.open("2024-08-02 10:00")
    refresh_standings(today=at.date())


def count_queries(client, url):
    client.get(url)  # whatever is read once per process or session
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(url)
        b"".join(response.streaming_content) if response.streaming else response.content
    assert response.status_code == 200, response
    return len(queries)


@pytest.mark.parametrize(("page", "who"), CASES)
def test_a_page_costs_what_the_baseline_says_however_many_rows(world, signed_in, page, who):
    client = signed_in(who)
    few = count_queries(client, address(page, who, world))
    grow(world)
    many = count_queries(client, address(page, who, world))
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    key = f"{page} as {who}"
    if os.environ.get("DUBAN_UPDATE_QUERY_COUNTS") == "1":
        BASELINE.write_text(json.dumps({**baseline, key: many}, indent=2, sort_keys=True) + "\n")
        return
    assert few == many, "the number of queries grows with the number of rows"
    assert many == baseline.get(key), f"{key}: the baseline says {baseline.get(key)}"


def test_the_ledger_stays_within_twelve_queries():
    baseline = json.loads(BASELINE.read_text())
    assert max(count for key, count in baseline.items() if key.startswith("ledger as")) <= 12


def test_the_leaders_page_stays_within_fifteen_queries():
    baseline = json.loads(BASELINE.read_text())
    assert max(count for key, count in baseline.items() if key.startswith("leader as")) <= 15


def test_the_baseline_names_no_page_that_is_gone():
    assert set(json.loads(BASELINE.read_text())) == {f"{page} as {who}" for page, who in CASES}
