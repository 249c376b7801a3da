"""What a notice is drawn from."""

import datetime as dt

import pytest

from tasks_app.catalogue.models import TaskList
from tasks_app.notices.actions import save_setting
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.models import Notice
from tasks_app.notices.queries import frozen_facts, had_this_month, last_reports, setting_of, silent_rounds
from tasks_app.progress.choices import Reason
from tasks_app.progress.models import Standing
from tasks_app.reporting.actions import accept_entries, return_entries
from tests.factories import World, beijing
from tests.support.neighbours import with_neighbours

AT = beijing("2024-08-02 10:00")
HOUSING, LEDU = "市住房建设局", "乐都区政府"


def last(world: World, no: int = 1) -> dict[str, str]:
    """Unit → the round that its last report on a task was of."""
    task, units = world.task(no), [world.units[HOUSING], world.units[LEDU]]
    found = last_reports([task.pk], [unit.pk for unit in units])
    return {unit.name: found[task.pk, unit.pk].name for unit in units if (task.pk, unit.pk) in found}


def test_the_last_report_is_a_leads_of_the_newest_round_and_none_that_was_sent_back(world):
    july = world.task_list.periods.earliest("opens_at")
    coordinator = {"by": world.people["coordinator"], "at": AT}
    first = world.report("liaison", july)
    world.fill(first, percent=10, text="已启动。", by="liaison", at="2024-08-02 09:00")
    first.entries.update(status="submitted")
    type(first).objects.filter(pk=first.pk).update(submitted_at=AT, first_submitted_at=AT)
    accept_entries(report=first, entry_ids=list(first.entries.values_list("pk", flat=True)), **coordinator)
    world.submit("colleague", percent=20, at="2024-08-02 09:00")
    assert last(world) == {HOUSING: "2024年7月期"}
    second = world.submit("liaison", percent=30, at="2024-08-02 10:00")
    assert last(world) == {HOUSING: "2024年8月期"}
    ids = list(second.entries.values_list("pk", flat=True))
    return_entries(report=second, entry_ids=ids, reason="请补充", **coordinator)
    assert last(world) == {HOUSING: "2024年7月期"}


def test_a_units_month_is_counted_over_all_lists_of_its_city_and_over_no_other(world, issue):
    notice, other = issue(1), with_neighbours(world)
    setting, unit = setting_of(other.task_list), world.units[HOUSING]
    assert had_this_month([unit.pk], setting, at=AT) == {unit.pk: 1}
    elsewhere = world.people["stranger"].memberships.get().unit.jurisdiction
    TaskList.objects.filter(pk=notice.task_list_id).update(jurisdiction=elsewhere)
    assert had_this_month([unit.pk], setting, at=AT) == {unit.pk: 0}


def test_numbers_follow_those_on_paper_in_the_papers_year_alone(world, issue):
    values = {"paper_serial": 12, "paper_year": 2024}
    save_setting(task_list=world.task_list, values=values, by=None, at=AT)
    assert (issue(1).serial, issue(2, at="2025-01-02 10:00").serial) == (13, 1)


def test_another_city_may_have_given_the_same_number(world, issue):
    elsewhere = world.people["stranger"].memberships.get().unit
    theirs = TaskList.objects.create(
        slug="elsewhere", title="格尔木市清单", document=world.task_list.document, jurisdiction=elsewhere.jurisdiction,
        coordinating_unit=elsewhere, year=2024, starts_on=world.task_list.starts_on,
    )  # fmt: skip
    notice = Notice(
        task_list=theirs, unit=elsewhere, level=NoticeLevel.ORDER, year=2024, serial=1, number="东督〔2024〕1号",
        issued_at=AT, due_at=AT,
    )  # fmt: skip
    notice.fold()
    notice.save()
    assert issue(1).number == "东督〔2024〕1号"


def test_a_missed_round_is_one_of_silence_and_the_light_tells_of_more():
    assert silent_rounds(Standing(reason=Reason.MISSED)) == 1
    assert silent_rounds(Standing(reason=Reason.SILENT, inputs={"misses": 3})) == 3
    assert silent_rounds(Standing(reason=Reason.BEHIND, inputs={"gap": 20})) == 0


@pytest.mark.parametrize(("day", "late"), [("2024-12-30", 0), ("2024-12-31", 0), ("2025-01-01", 1), ("2025-01-31", 31)])
def test_days_late_are_counted_from_the_day_after_the_deadline(world, day, late):
    facts = frozen_facts(world.task(1), None, today=dt.date.fromisoformat(day))
    assert (facts["due_on"], facts["days_late"], facts["as_of"]) == ("2024-12-31", late, day)


def test_without_a_deadline_nothing_is_late(world):
    task = world.task(1)
    task.due_on = None
    facts = frozen_facts(task, None, today=dt.date(2025, 1, 31))
    assert (facts["due_on"], facts["days_late"]) == ("", 0)
