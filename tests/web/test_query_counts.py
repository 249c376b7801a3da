"""Every page's number of SQL queries, held to a checked-in baseline, and independent of the number of rows.

`DUBAN_UPDATE_QUERY_COUNTS=1 pytest tests/web/test_query_counts.py` writes the baseline anew: look at its
diff, a number that rises needs a reason.
"""

import csv
import datetime as dt
import json
import os
from dataclasses import replace
from pathlib import Path

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.bulletins.actions import decide_bulletin, draft_bulletin, publish_bulletin, submit_bulletin
from tasks_app.catalogue.actions import apply_items
from tasks_app.closing.actions import close_period
from tasks_app.inspection.actions import Seen, make_spot_check
from tasks_app.inspection.instructing import issue_instruction
from tasks_app.intake.actions import stage
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
from tasks_app.units.models import Unit
from tests.factories import ITEMS, START, beijing
from tests.support.objects import address_of

NOBODY = "anonymous"
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
    "vacancies_csv": ["coordinator"],
    "my_reminders": ["liaison"],
    "calendar_feed": ["liaison"],
    "closure_request": ["liaison"],
    "closure_decide": ["liaison", "supervisor"],
    "closure_file": ["supervisor"],
    "extension_request": ["liaison"],
    "extension": ["liaison", "supervisor"],
    "spot_check_make": ["supervisor"],
    "spot_check": ["liaison", "supervisor"],
    "spot_check_correct": ["supervisor"],
    "spot_check_file": ["supervisor"],
    "instruction_issue": ["leader"],
    "instruction": ["liaison", "leader"],
    "report_receipt": ["liaison", "coordinator"],
    "report_form": ["liaison"],
    "report_scan": ["liaison"],
    "report_workbook": ["liaison"],
    "workbook_upload": ["liaison"],
    "workbook": ["liaison"],
    "entry_files": ["liaison"],
    "file": ["liaison"],
    "verify": ["leader"],
    "confirmations": ["colleague"],
    "period": ["coordinator", "leader"],
    "period_figures": ["liaison", "coordinator"],
    "period_figures_csv": ["coordinator"],
    "period_changes": ["liaison", "coordinator"],
    "period_changes_csv": ["coordinator"],
    "reporting_rule": ["coordinator"],
    "duties": ["coordinator", "leader"],
    "roster": ["coordinator"],
    "roster_csv": ["coordinator"],
    "overdue_csv": ["supervisor"],
    "progress_csv": ["leader"],
    "import_batch": ["administrator"],
    "import_annotated": ["administrator"],
    "import_original": ["administrator"],
    "message": ["liaison"],
    "login": [NOBODY],
    "password_change": ["liaison"],
    "password_change_done": ["liaison"],
    "admin:index": ["administrator"],
    "reminder_words_all": ["administrator"],
    "reminder_words": ["coordinator"],
    "reminder_step_add": ["coordinator"],
    "reminder_step": ["coordinator"],
    "reminder_robot_add": ["coordinator"],
    "reminder_robot": ["coordinator"],
    "score_object": ["liaison"],
    "objection": ["liaison", "supervisor"],
    "objection_file": ["supervisor"],
    "bulletin_style": ["coordinator"],
    "bulletin_rebind": ["coordinator"],
    "notice_file": ["liaison"],
    "notice_setting": ["supervisor"],
}
# What answers with a page or a file, and why nobody counts its queries.
UNCOUNTED = {
    "healthz": "asks the database once, whether it is there",
    "metrics": "counts what waits, for machines; tests/web/outbox/test_health.py",
    "import_template": "a file that stands in the code",
    "import_example": "a file that stands in the code",
}


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
    if page == "task":
        return reverse(page, args=[world.task(1).pk])
    if page.startswith("leader"):
        july = world.task_list.periods.earliest("opens_at")
        close_period(period=july, by=world.people["coordinator"], at=beijing("2024-08-02 10:00"))
    if page == "leader_csv":
        return reverse(page, args=["matrix"])
    if page == "period":
        return reverse(page, args=[world.report("liaison").period_id])
    if page in ("import_batch", "import_annotated"):
        return reverse(page, args=[long_import(world)])
    if page == "confirmations":
        world.submit("liaison", percent=30, at="2024-08-02 10:00")
    if page == "notice_new":
        return reverse(page) + "?" + "&".join(f"task={pk}" for pk in world.task_list.tasks.values_list("pk", flat=True))
    if page in ("notices", "notices_csv", "notice_proposals", "notice", "notice_docx"):
        made = issued_notice(world)
        return reverse(page, args=[made.pk] if page in ("notice", "notice_docx") else [])
    if page in ("bulletins", "bulletin", "bulletin_docx", "bulletin_edit"):
        made = published_bulletin(world, publish=page != "bulletin_edit")
        return reverse(page, args=[] if page == "bulletins" else [made.pk])
    if (page.startswith("score") and page != "score_object") or page == "objections":
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
    return address_of(page, world)


def long_import(world):
    """A table that changes as many items as the list has."""
    rows = "".join(
        f"{n},改造小区 {n} 批次。,市住房建设局\n" for n, _ in enumerate(world.task_list.tasks.all(), start=1)
    )
    content = f"序号,工作事项和年度目标成果,牵头单位\n{rows}".encode()
    by, at = world.people["administrator"], beijing("2024-08-02 10:00")
    return stage(content=content, file_name="list.csv", by=by, at=at, task_list=world.task_list).pk


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
    """Thirty times the tasks, with their obligations, entries and standings; eight units more, each with a liaison."""
    at = beijing("2024-08-02 10:00")
    names = [f"市第{n}局" for n in range(8)]
    place = world.task_list.jurisdiction
    for unit in Unit.objects.bulk_create(
        Unit(jurisdiction=place, name=name, kind="municipal_department") for name in names
    ):
        add_person(
            username=unit.name, name=unit.name, email="", password_hash="!", unit=unit, role=Role.LIAISON,
            by=None, at=at,
        )  # fmt: skip
    items = [
        replace(
            ITEMS[0], seq=100 + n, no=str(100 + n), key_task=f"第{n}类", content=f"改造小区第 {n} 批。",
            lead_units=ITEMS[0].lead_units if n % 4 else (names[n // 4 % 8],),
        )
        for n in range(count)
    ]  # fmt: skip
    apply_items(task_list=world.task_list, items=items, by=None, at=at)
    derive_obligations(task_list=world.task_list, by=None, at=at)
    world.task_list.periods.all().delete()
    world.open("2024-08-02 10:00")
    refresh_standings(today=at.date())


def count_queries(client, url):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
        b"".join(response.streaming_content) if response.streaming else response.content
    assert response.status_code == 200, (url, response)
    return len(queries)


def counts(world, clients) -> dict[str, int]:
    """Every page for everybody, each in the world as it was: "page as who" → queries."""
    found = {}
    for page, people in PAGES.items():
        with transaction.atomic():
            url = address(page, people[0], world)
            for who in people:
                with transaction.atomic():
                    found[f"{page} as {who}"] = count_queries(clients[who], url)
                    transaction.set_rollback(True)
            transaction.set_rollback(True)
    return found


def test_a_page_costs_what_the_baseline_says_however_many_rows(world, signed_in, settings):
    settings.ROBOT_HOSTS = ["robots.example.test"]
    clients = {who: signed_in(who) for who in {who for people in PAGES.values() for who in people} - {NOBODY}}
    clients[NOBODY] = Client()
    for client in clients.values():
        client.get(reverse("desk"))  # whatever is read once per process or session
    few = counts(world, clients)
    grow(world)
    many = counts(world, clients)
    if os.environ.get("DUBAN_UPDATE_QUERY_COUNTS") == "1":
        BASELINE.write_text(json.dumps(many, indent=2, sort_keys=True) + "\n")
    baseline = json.loads(BASELINE.read_text())
    assert {page: (few[page], many[page]) for page in few if few[page] != many[page]} == {}, (
        "the number of queries grows with the number of rows: (few, many)"
    )
    assert {page: n for page, n in many.items() if n != baseline.get(page)} == {}, "the baseline says otherwise"


def test_every_page_has_a_budget():
    """Whatever answers somebody with a page or a file, by the access table."""
    with (Path(__file__).parents[1] / "access_table.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["method"] == "GET"]
    answered = {row["address"] for row in rows if any(cell == "200" for cell in row.values())}
    assert answered - {"notice_new"} == (set(PAGES) | set(UNCOUNTED)) - {"notice_new"}  # which asks for tasks first
    assert not set(PAGES) & set(UNCOUNTED)


def test_the_ledger_stays_within_twelve_queries():
    baseline = json.loads(BASELINE.read_text())
    assert max(count for key, count in baseline.items() if key.startswith("ledger as")) <= 12


def test_the_leaders_page_stays_within_fifteen_queries():
    baseline = json.loads(BASELINE.read_text())
    assert max(count for key, count in baseline.items() if key.startswith("leader as")) <= 15


def test_the_baseline_names_no_page_that_is_gone():
    assert set(json.loads(BASELINE.read_text())) == {
        f"{page} as {who}" for page, people in PAGES.items() for who in people
    }
