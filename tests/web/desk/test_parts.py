"""What each part of the desk reads: neither what is over nor what is nobody's any more."""

import datetime as dt

import pytest

from tasks_app.accounts.permissions import viewer_of
from tasks_app.catalogue.models import Doubt, Task, TaskList
from tasks_app.closing.actions import exempt_unit
from tasks_app.progress.models import Standing
from tasks_app.reporting.choices import SignState
from tasks_app.reporting.models import MonthlyReport
from tasks_app.supervision.actions import request_closure
from tasks_app.supervision.models import Closure
from tasks_app.units.models import GroupMember, Unit
from tasks_app.web.desk import administrator, common, head, liaison, overseers
from tests.factories import beijing

AT = beijing("2024-08-02 10:00")


def test_what_is_abolished_or_retired_is_not_missing_in_the_data(world):
    GroupMember.objects.all().delete()
    Doubt.objects.create(task=world.task(1), code="x", text="时限不明")
    viewer = viewer_of(world.people["administrator"])
    part = administrator.read(viewer, AT)
    assert {unit.name for unit in part.without_liaison} == {"平安区政府", "海东工业园区管委会"}
    assert ([unit.name for unit in part.empty_groups], part.doubtful_count) == (["各县区政府"], 1)
    Unit.objects.filter(name="海东工业园区管委会").update(active=False)
    Task.objects.all().update(retired_at=AT)
    part = administrator.read(viewer, AT)
    assert {unit.name for unit in part.without_liaison} == {"平安区政府"}
    assert (part.empty_groups, part.doubtful_count) == ([], 0)


def test_a_closure_is_on_the_desk_for_sixty_days(world):
    closure = request_closure(
        task=world.task(1),
        unit=world.units["市住房建设局"],
        evidence_text="已验收。",
        by=world.people["liaison"],
        at=AT,
    )
    viewer = viewer_of(world.people["liaison"])
    assert liaison.read(viewer, AT).closures == [closure]
    Closure.objects.update(requested_at=AT - dt.timedelta(days=61))
    assert liaison.read(viewer, AT).closures == []


def test_a_task_is_soon_due_from_thirty_days_before_to_its_day(world):
    Standing.objects.update(light="green")
    for days, listed in ((0, True), (30, True), (31, False), (-1, False)):
        Task.objects.update(due_on=AT.date() + dt.timedelta(days=days))
        assert bool(liaison.read(viewer_of(world.people["school"]), AT).lines) is listed, days


def test_a_unit_that_is_excused_is_not_named_among_the_silent(world):
    exempt_unit(report=world.report("school"), reason="机构改革", by=world.people["coordinator"], at=AT)
    (state,) = common.round_states(TaskList.objects.all(), AT)
    assert [report.unit.name for report in state.silent] == [
        "乐都区政府", "平安区政府", "海东工业园区管委会", "市住房建设局",
    ]  # fmt: skip


def test_what_waits_for_the_heads_signature_stands_first(world):
    july = world.report("liaison", world.task_list.periods.earliest("opens_at"))
    MonthlyReport.objects.filter(pk=july.pk).update(sign_state=SignState.ASKED)
    months = head.read(viewer_of(world.people["head"]), AT).months
    assert [(month.report.period.month, month.asked) for month in months] == [(7, True), (8, False)]


def test_what_is_closed_is_not_overdue_for_the_supervisor(world):
    viewer = viewer_of(world.people["supervisor"])
    Task.objects.filter(seq__in=[1, 2]).update(due_on=dt.date(2024, 8, 1))
    assert overseers.read_supervisor(viewer, AT).numbers[0].count == 2
    Task.objects.filter(seq=1).update(closed_on=AT.date())
    assert overseers.read_supervisor(viewer, AT).numbers[0].count == 1


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (1, True)])
def test_a_report_is_late_after_its_moment(world, seconds, late):
    report = world.report("liaison")
    at = report.period.due_at + dt.timedelta(seconds=seconds)
    part = liaison.read(viewer_of(world.people["liaison"]), at)
    assert {card.is_late for card in [*part.current, *part.made_up] if card.report == report} == {late}


def test_of_the_closures_asked_for_the_newest_stands_first(world):
    unit, by = world.units["市住房建设局"], world.people["liaison"]
    for no, day in ((2, "2024-08-01 10:00"), (1, "2024-08-02 09:00")):
        request_closure(task=world.task(no), unit=unit, evidence_text="已验收。", by=by, at=beijing(day))
    assert [closure.task.seq for closure in liaison.read(viewer_of(by), AT).closures] == [1, 2]
