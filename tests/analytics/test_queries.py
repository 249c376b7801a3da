"""The numbers of the progress page against a recount in plain SQL."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from tasks_app.accounts.permissions import viewer_of
from tasks_app.analytics.overview import matrix, read_overview
from tasks_app.analytics.queries import read_board, visible_lists
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.catalogue.queries import involving
from tasks_app.progress.choices import Light
from tasks_app.reporting.actions import accept_entries, open_periods, refresh_standings
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tasks_app.supervision.actions import decide_closure, request_closure
from tests.conftest import NOW
from tests.factories import beijing
from tests.support.stages import stage

# Each unit's latest accepted percent of each task it owes; 100 once the task is closed.
OWN_SQL = """
SELECT u.name, COUNT(*),
       AVG(CASE WHEN t.closed_on IS NOT NULL THEN 100 ELSE COALESCE((
           SELECT e.percent FROM tasks_app_reportentry e
           JOIN tasks_app_monthlyreport r ON r.id = e.report_id
           JOIN tasks_app_period p ON p.id = r.period_id
           WHERE e.task_id = o.task_id AND r.unit_id = o.unit_id AND e.status = 'accepted'
           ORDER BY p.due_at DESC LIMIT 1), 0) END)
FROM tasks_app_obligation o
JOIN tasks_app_task t ON t.id = o.task_id
JOIN tasks_app_unit u ON u.id = o.unit_id
WHERE t.task_list_id = %s AND u.kind IN ('county_government', 'park_committee')
  AND t.kind = 'task' AND t.retired_at IS NULL
GROUP BY u.name
"""
LED_SQL = """
SELECT u.name, COUNT(*), AVG(s.progress), SUM(CASE WHEN s.light = 'red' THEN 1 ELSE 0 END)
FROM tasks_app_obligation o
JOIN tasks_app_task t ON t.id = o.task_id
JOIN tasks_app_standing s ON s.task_id = t.id
JOIN tasks_app_unit u ON u.id = o.unit_id
WHERE t.task_list_id = %s AND o.role = 'lead' AND t.kind = 'task' AND t.retired_at IS NULL
GROUP BY u.name
"""
CHAPTER_SQL = """
SELECT c.heading, COUNT(*), AVG(s.progress), AVG(s.expected)
FROM tasks_app_task t
JOIN tasks_app_standing s ON s.task_id = t.id
JOIN tasks_app_section c ON c.id = t.chapter_id
WHERE t.task_list_id = %s AND t.kind = 'task' AND t.retired_at IS NULL
GROUP BY c.heading
"""


def rows(sql: str, task_list: TaskList) -> dict[str, tuple[float, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [task_list.pk])
        return {name: tuple(float(number) for number in numbers) for name, *numbers in cursor.fetchall()}


def approx(rows: dict[str, tuple[float, ...]]) -> dict:
    return {name: pytest.approx(numbers) for name, numbers in rows.items()}


@pytest.fixture
def played(world):
    """Two months: some accepted, one only submitted, one silent, one task closed."""
    coordinator = world.people["coordinator"]

    def report(who, percent, at, accept=True):
        done = world.submit(who, percent=percent, at=at)
        if accept:
            ids = list(done.entries.values_list("pk", flat=True))
            accept_entries(report=done, entry_ids=ids, by=coordinator, at=beijing(at))

    report("liaison", 30, "2024-08-03 09:00")
    report("colleague", 44, "2024-08-06 09:00")
    world.open("2024-09-02 00:00")
    report("colleague", 61, "2024-09-03 09:00")
    report("liaison", 80, "2024-09-03 09:00", accept=False)
    closure = request_closure(
        task=world.task(2),
        unit=world.units["市住房建设局"],
        evidence_text="已验收",
        by=world.people["liaison"],
        at=beijing("2024-09-03 10:00"),
    )
    supervisor = world.people["supervisor"]
    decide_closure(closure=closure, granted=True, decision_text="", by=supervisor, at=beijing("2024-09-03 11:00"))
    refresh_standings(today=dt.date(2024, 9, 10))
    return world


def board(world):
    return read_board(world.task_list, today=dt.date(2024, 9, 10))


def test_counties_equal_a_recount_of_their_own_latest_accepted_percents(played):
    found = {group.label: (group.count, group.mean) for group in board(played).counties}
    assert found == approx(rows(OWN_SQL, played.task_list))
    assert found["乐都区政府"] == (3, pytest.approx((61 + 100 + 61) / 3))


def test_a_county_that_reported_nothing_is_shown_with_nought_and_as_unreported(played):
    silent = next(group for group in board(played).counties if group.label == "平安区政府")
    assert (silent.mean, silent.unreported, silent.count) == (50, 1, 2)


def test_counties_stand_in_the_official_order(played):
    assert [group.label for group in board(played).counties] == ["乐都区政府", "平安区政府", "海东工业园区管委会"]


def test_lead_units_equal_a_recount_of_their_tasks(played):
    found = {group.label: (group.count, group.mean, group.lights.get(Light.RED, 0)) for group in board(played).leads}
    assert found == approx(rows(LED_SQL, played.task_list))


def test_lead_units_come_with_the_most_red_first_and_among_equals_the_slowest(played):
    order = [(-group.lights.get(Light.RED, 0), group.mean) for group in board(played).leads]
    assert order == sorted(order)


def test_chapters_equal_a_recount(played):
    found = {group.label: (group.count, group.mean, group.expected) for group in board(played).chapters}
    assert found == approx(rows(CHAPTER_SQL, played.task_list))


def test_the_total_is_every_counted_task_once(played):
    total = board(played).total
    progress = list(Task.objects.counted().values_list("standing__progress", flat=True))
    assert (total.count, total.mean) == (4, pytest.approx(sum(progress) / 4))
    assert sum(total.lights.values()) == 4
    assert total.unreported == 2


def test_the_trend_ends_where_the_total_stands_and_begins_with_what_was_accepted_then(played):
    points = board(played).trend
    assert [(point.period and point.period.month, point.day.isoformat()) for point in points] == [
        (7, "2024-07-10"),
        (8, "2024-08-05"),
        (9, "2024-09-05"),
        (None, "2024-09-10"),
    ]
    total = board(played).total
    assert [point.mean for point in points] == [0, pytest.approx(15), pytest.approx(32.5), pytest.approx(total.mean)]
    assert points[-1].expected == pytest.approx(total.expected)


def test_before_the_first_deadline_there_is_no_trend(world):
    assert read_board(world.task_list, today=dt.date(2024, 7, 9)).trend == []


def test_a_list_without_tasks_has_an_empty_board(world):
    world.task_list.tasks.update(retired_at=beijing("2024-08-02 10:00"))
    empty = board(world)
    assert (empty.total.count, empty.total.mean, empty.total.expected) == (0, 0, None)
    assert not empty.counties
    assert not empty.leads
    assert not empty.chapters


def test_the_lists_of_another_city_are_not_offered(world):
    assert visible_lists(viewer_of(world.people["liaison"])) == [world.task_list]
    assert visible_lists(viewer_of(world.people["stranger"])) == []


@stage("real")
@time_machine.travel(NOW, tick=False)
def _reported_to() -> TaskList:
    call_command("load_lists", verbosity=0)
    task_list = TaskList.objects.get(slug="haidong-2024-69")
    at = beijing("2024-11-21 10:00")
    open_periods(by=None, at=at)
    entries = list(ReportEntry.objects.filter(report__period__task_list=task_list).order_by("pk")[::3])
    for number, entry in enumerate(entries):
        entry.status, entry.percent = "accepted", number * 37 % 101
    ReportEntry.objects.bulk_update(entries, ["status", "percent"], batch_size=500)
    reports = {entry.report_id for entry in entries[:500]}
    MonthlyReport.objects.filter(pk__in=reports).update(first_submitted_at=at)
    refresh_standings(today=at.date())
    return task_list


@pytest.fixture
def real(db, now, theatre) -> TaskList:
    """The 194 items on 2024-11-21: every third report accepted with percents of its own."""
    return theatre.copy_of("real")


@pytest.mark.slow
def test_all_numbers_of_the_real_list_equal_a_recount(real):
    shown = read_board(real, today=dt.date(2024, 11, 21))
    assert [group.label for group in shown.counties] == [
        "乐都区政府",
        "平安区政府",
        "民和县政府",
        "互助县政府",
        "化隆县政府",
        "循化县政府",
        "海东工业园区管委会",
    ]
    assert {g.label: (g.count, g.mean) for g in shown.counties} == approx(rows(OWN_SQL, real))
    assert {g.label: (g.count, g.mean, g.lights.get(Light.RED, 0)) for g in shown.leads} == approx(rows(LED_SQL, real))
    assert {g.label: (g.count, g.mean, g.expected) for g in shown.chapters} == approx(rows(CHAPTER_SQL, real))
    assert (shown.total.count, len(shown.chapters)) == (194, 8)
    assert shown.trend[-1].mean == pytest.approx(shown.total.mean)


@pytest.mark.slow
def test_each_bar_counts_what_the_list_behind_it_holds(real):
    shown = read_board(real, today=dt.date(2024, 11, 21))
    tasks = Task.objects.counted().filter(task_list=real)
    behind = {group.label: tasks.filter(involving(shown.units[group.key])).count() for group in shown.counties}
    assert behind == {group.label: group.count for group in shown.counties}
    lead = AssignmentRole.LEAD
    led = {group.label: tasks.filter(involving(shown.units[group.key], lead)).count() for group in shown.leads}
    assert led == {group.label: group.count for group in shown.leads}


@pytest.mark.slow
def test_each_cell_of_the_leaders_matrix_counts_what_the_list_behind_it_holds(real):
    shown = read_overview(real, at=beijing("2024-11-21 10:00"))
    assert shown.counties == read_board(real, today=dt.date(2024, 11, 21)).counties
    units, tasks = shown.facts.units, Task.objects.counted().filter(task_list=real)
    of_county = {c.key: set(tasks.filter(involving(units[c.key])).values_list("pk", flat=True)) for c in shown.counties}
    lights = dict(tasks.values_list("pk", "standing__light"))
    cells = 0
    for row in matrix(shown.facts, shown.leads, shown.counties):
        led = set(tasks.filter(involving(units[row.lead.key], AssignmentRole.LEAD)).values_list("pk", flat=True))
        for cell in row.cells:
            both = [lights[pk] for pk in led & of_county[cell.county_id]]
            assert (cell.count, cell.of_light) == (len(both), both.count(cell.light))
            cells += bool(both)
    assert cells > 100


@pytest.mark.slow
def test_the_board_takes_as_many_queries_for_194_tasks_as_for_14(real, django_assert_num_queries):
    with django_assert_num_queries(8):
        read_board(real, today=dt.date(2024, 11, 21))
    # Where nobody owes a report, the leads are read as the document names them.
    small = TaskList.objects.get(slug="haidong-2024-46")
    with django_assert_num_queries(9):
        shown = read_board(small, today=dt.date(2024, 11, 21))
    assert shown.total.count == 14
    assert shown.leads
    assert not shown.counties
