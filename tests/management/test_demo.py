"""The demo: its story, its accounts, its clock."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.test import override_settings

from tasks_app import clock
from tasks_app.accounts.choices import Role
from tasks_app.accounts.demo import PASSWORD, demo_accounts
from tasks_app.accounts.models import Membership, User
from tasks_app.audit.actions import first_broken
from tasks_app.catalogue.models import TaskList
from tasks_app.outbox.models import Message
from tasks_app.progress.choices import Light
from tasks_app.progress.models import LightChange, Standing
from tasks_app.progress.twin import differences
from tasks_app.reminders.actions import make_round
from tasks_app.reporting.actions import EntryDraft, save_entries, submit_report
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.reporting.queries import must_be_signed
from tasks_app.scores.models import Objection, ScoreSheet
from tasks_app.scores.queries import unscored
from tasks_app.signing.actions import ask_signature, sign
from tests.factories import beijing
from tests.support.keys import FOLDED, stale_keys, stale_tasks
from tests.support.stages import stage

LOADED_AT = beijing("2026-11-21 10:00")


@stage("demo")
def _story() -> None:
    """The demo as loaded on 21 November 2026, shown as 2024; played once for all tests here."""
    with override_settings(DEMO=True, CLOCK_SHIFT_YEARS=2), time_machine.travel(LOADED_AT, tick=False):
        call_command("load_lists", verbosity=0, stdout=StringIO())
        call_command("seed_demo", stdout=StringIO())


@pytest.fixture
def demo(db, settings):
    """The same moment, two years back; move it on with `demo.shift(...)`."""
    settings.DEMO = True
    settings.CLOCK_SHIFT_YEARS = 2
    with time_machine.travel(LOADED_AT, tick=False) as traveller:
        yield traveller


def test_every_search_key_of_the_story_is_that_of_its_words(demo):
    assert [model for model in FOLDED if not model.objects.exclude(search_text="").exists()] == []
    assert stale_keys() + stale_tasks() == []


def test_the_story_has_something_true_to_each_kind_to_show(demo):
    assert set(Standing.objects.values_list("light", flat=True)) == set(Light)
    assert set(MonthlyReport.objects.values_list("status", flat=True)) == set(ReportStatus)
    late = [r for r in MonthlyReport.objects.exclude(first_submitted_at=None).select_related("period")
            if r.first_submitted_at > r.period.due_at]  # fmt: skip
    assert late
    assert MonthlyReport.objects.outstanding().filter(period__due_at__lt=clock.now()).exists()
    assert first_broken() is None


def test_every_invented_word_is_marked(demo):
    texts = ReportEntry.objects.exclude(done_text="").values_list("done_text", flat=True)
    assert texts
    assert all("演示数据" in text for text in texts)


def test_nothing_of_the_story_lies_in_the_future(demo):
    now = clock.now()
    assert now.year == 2024
    assert not MonthlyReport.objects.filter(first_submitted_at__gt=now).exists()
    assert not Message.objects.filter(created_at__gt=now).exists()


def test_the_history_of_lights_begins_with_the_list_and_ends_where_the_tasks_stand(demo):
    changes = LightChange.objects.order_by("task_id", "on").values_list("task_id", "on", "before", "after")
    assert min(on for _task, on, _before, _after in changes) == dt.date(2024, 7, 9)
    light: dict[int, str] = {}
    for task_id, _on, before, after in changes:
        assert before == light.get(task_id, "")
        light[task_id] = after
    assert light == dict(Standing.objects.values_list("task_id", "light"))
    assert differences(clock.now().date()) == []


def test_seeding_twice_keeps_what_is_there(demo):
    before = (User.objects.count(), ReportEntry.objects.count())
    out = StringIO()
    call_command("seed_demo", stdout=out)
    assert "保持不变" in out.getvalue()
    assert (User.objects.count(), ReportEntry.objects.count()) == before


def test_the_accounts_told_on_the_sign_in_page_can_sign_in(demo, rf):
    accounts = demo_accounts()
    assert {account.role_label for account in accounts} == {
        "联络员",
        "单位负责人",
        "汇总员",
        "督查员",
        "领导",
        "管理员",
    }
    for account in accounts:
        user = authenticate(rf.get("/"), username=account.username, password=PASSWORD)
        assert user is not None, account.username


def test_the_running_clock_sends_a_reminder_of_the_present_within_minutes(demo):
    present = Message.objects.filter(body__contains="试用督办台账")
    assert not present.exists()
    demo.shift(dt.timedelta(minutes=3))
    make_round(at=clock.now())
    assert set(present.values_list("recipient__name", flat=True)) >= {"市住房建设局联络员", "互助县政府联络员"}


def test_the_present_list_shows_a_signature_each_of_its_units_can_give(demo):
    reports = MonthlyReport.objects.filter(period__task_list__slug="demo-present")
    heads = Membership.objects.in_force().filter(role=Role.HEAD)
    assert {must_be_signed(report) for report in reports} == {True}
    assert set(heads.values_list("unit__name", flat=True)) == {report.unit.name for report in reports}
    report = reports.get(unit__name="市住房建设局")
    liaison, head = User.objects.get(username="liaison17"), User.objects.get(username="head17")
    entry = report.entries.get()
    draft = EntryDraft(
        entry_id=entry.pk,
        version=entry.version,
        percent=10,
        done_text="已核对。（演示数据）",
        problem_text="",
        next_text="",
        no_progress=False,
    )
    save_entries(report=report, drafts=[draft], by=liaison, at=clock.now())
    ask_signature(report=report, by=liaison, at=clock.now())
    sign(report=report, by=head, at=clock.now())
    report.refresh_from_db()
    assert submit_report(report=report, by=liaison, at=clock.now()).receipt_no


def test_each_closed_round_is_scored_one_objection_was_upheld_and_one_waits(demo):
    task_list = TaskList.objects.get(slug="haidong-2024-69")
    assert unscored(task_list) == []
    assert {sheet.cause for sheet in ScoreSheet.objects.all()} == {"first", "objection"}
    assert set(Objection.objects.values_list("status", flat=True)) == {"filed", "upheld"}
    call_command("verify_scores", stdout=StringIO())
