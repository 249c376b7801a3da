"""The leader's page against a recount in plain SQL, and against what was published."""

import datetime as dt

import pytest
from django.db import connection

from tasks_app.accounts.permissions import viewer_of
from tasks_app.analytics.county import read_county
from tasks_app.analytics.overview import first_of, matrix, overview_lists, read_facts, read_overview
from tasks_app.analytics.queries import read_board
from tasks_app.catalogue.actions import save_list
from tasks_app.catalogue.models import TaskList
from tasks_app.closing.actions import close_period, exempt_unit, reopen_unit
from tasks_app.closing.choices import ChangeKind
from tasks_app.progress.choices import Light
from tasks_app.progress.models import Standing
from tasks_app.reporting.actions import accept_entries, refresh_standings
from tasks_app.reporting.choices import Timeliness
from tests.factories import START, beijing

NOW = beijing("2024-09-10 10:00")
# Lead unit × county: the tasks that the one owes as a lead and the other owes at all, by light.
CELL_SQL = """
SELECT l.name, c.name, s.light, COUNT(*)
FROM tasks_app_task t
JOIN tasks_app_standing s ON s.task_id = t.id
JOIN tasks_app_obligation ol ON ol.task_id = t.id AND ol.role = 'lead'
JOIN tasks_app_unit l ON l.id = ol.unit_id
JOIN tasks_app_obligation oc ON oc.task_id = t.id
JOIN tasks_app_unit c ON c.id = oc.unit_id AND c.kind IN ('county_government', 'park_committee')
WHERE t.task_list_id = %s AND t.kind = 'task' AND t.retired_at IS NULL
GROUP BY l.name, c.name, s.light
"""
# The newest version of each closed round: its mean, and its tasks by light.
ROUND_SQL = """
SELECT p.month, n.mean, t.light, COUNT(*)
FROM tasks_app_period p
JOIN tasks_app_periodsnapshot n ON n.period_id = p.id
JOIN tasks_app_snapshottask t ON t.snapshot_id = n.id
WHERE p.task_list_id = %s
  AND n.version = (SELECT MAX(v.version) FROM tasks_app_periodsnapshot v WHERE v.period_id = p.id)
GROUP BY p.month, n.mean, t.light
"""


def asked(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def hand_in(world, who, percent, at):
    report = world.submit(who, percent=percent, at=at)
    ids = list(report.entries.values_list("pk", flat=True))
    accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing(at))
    return report


@pytest.fixture
def played(world):
    """August is closed with 30 % and 40 %; in September one rose, one fell, and a round is running."""
    hand_in(world, "liaison", 30, "2024-08-03 09:00")
    hand_in(world, "colleague", 40, "2024-08-03 09:00")
    hand_in(world, "school", 60, "2024-08-03 09:00")
    august = world.task_list.periods.get(month=8)
    close_period(period=august, by=world.people["coordinator"], at=beijing("2024-08-20 09:00"))
    world.open("2024-09-02 00:00")
    hand_in(world, "liaison", 70, "2024-09-03 09:00")
    hand_in(world, "school", 45, "2024-09-07 09:00")
    refresh_standings(today=NOW.date())
    return world


def overview(world, at=NOW, **more):
    return read_overview(world.task_list, at=at, **more)


def test_every_group_is_what_the_progress_page_says(played):
    # A county that has said something twice counts with what it said last.
    hand_in(played, "colleague", 55, "2024-09-09 09:00")
    refresh_standings(today=NOW.date())
    shown, board = overview(played), read_board(played.task_list, today=NOW.date())
    assert shown.total == board.total
    assert shown.counties == board.counties
    assert shown.leads == board.leads
    assert shown.chapters == board.chapters
    assert shown.as_of == board.as_of


def test_every_cell_of_the_matrix_equals_a_recount(played):
    shown = overview(played)
    names = {pk: unit.name for pk, unit in shown.facts.units.items()}
    found = {
        (row.lead.label, names[cell.county_id], light): n
        for row in matrix(shown.facts, shown.leads, shown.counties)
        for cell in row.cells
        for light, n in cell.lights.items()
    }
    assert found == {(lead, county, light): n for lead, county, light, n in asked(CELL_SQL, played.task_list.pk)}
    assert found


def test_a_cell_shows_its_gravest_light_and_how_many_of_all_have_it(played):
    cell = matrix(*(lambda o: (o.facts, o.leads, o.counties))(overview(played)))[0].cells[0]
    assert cell.count == sum(cell.lights.values())
    assert cell.of_light == cell.lights[cell.light]


def test_closed_rounds_stand_as_they_were_published_last(played):
    period = played.task_list.periods.get(month=8)
    by, at = played.people["coordinator"], beijing("2024-09-08 09:00")
    report = period.reports.get(unit__name="市住房建设局")
    reopen_unit(report=report, reason="数字有误", by=by, at=at)
    close_period(period=period, by=by, at=beijing("2024-09-09 09:00"), note="重开后关账")
    period.snapshots.filter(version=1).update(mean=1.5)
    trend = read_board(played.task_list, today=NOW.date()).trend
    assert [point.mean for point in trend if point.period == period] == [period.snapshots.get(version=2).mean]
    shown = overview(played).rounds
    assert [(each.name, each.day.isoformat()) for each in shown] == [("2024年8月期", "2024-08-20")]
    rows = asked(ROUND_SQL, played.task_list.pk)
    assert {(each.month.month, light, n) for each in shown for light, n in each.lights.items() if n} == {
        (month, light, n) for month, _mean, light, n in rows
    }
    assert shown[0].mean == pytest.approx(rows[0][1])
    assert shown[0].count == 4


def test_today_is_compared_with_the_closed_round_before_the_running_one(played):
    shown = overview(played)
    assert shown.baseline.name == "2024年8月期"
    gains, losses = shown.movers
    assert [(played.task_list.tasks.get(pk=m.task_id).no, m.before, m.after) for m in gains] == [
        ("1", 30, 70),
        ("2", 30, 70),
    ]
    assert [(m.before, m.after) for m in losses] == [(60, 45)]
    kinds = [change.kind for change in shown.changes]
    assert kinds.count(ChangeKind.ADVANCED) == 2
    assert kinds.count(ChangeKind.FELL) == 1


def test_closing_the_running_round_does_not_empty_the_comparison(played):
    september = played.task_list.periods.get(month=9)
    at = beijing("2024-09-20 09:00")
    close_period(period=september, by=played.people["coordinator"], at=at)
    shown = overview(played, at=at)
    assert [each.name for each in shown.rounds] == ["2024年8月期", "2024年9月期"]
    assert shown.baseline.name == "2024年8月期"
    assert shown.movers[0]


def test_before_the_first_closing_there_is_nothing_to_compare_with(world):
    shown = overview(world, at=beijing("2024-08-02 10:00"))
    assert (shown.baseline, shown.rounds, shown.changes, shown.movers) == (None, [], [], ([], []))
    assert shown.running.period.month == 8


def test_the_running_round_says_who_is_in_and_who_is_not(played):
    state = overview(played).running
    assert (state.came_in, state.total, state.is_due) == (2, 5, True)
    assert state.counts[Timeliness.ON_TIME] == 1
    assert state.counts[Timeliness.LATE] == 1
    assert [report.unit.name for report in state.silent] == ["乐都区政府", "平安区政府", "海东工业园区管委会"]
    excused, by = state.silent[1], played.people["coordinator"]
    exempt_unit(report=excused, reason="受灾", by=by, at=NOW)
    assert [report.unit.name for report in overview(played).running.silent] == ["乐都区政府", "海东工业园区管委会"]


def test_the_worst_carry_their_words_and_no_other_task_is_read(played):
    shown = overview(played)
    assert set(shown.tasks) == {*shown.worst, *(m.task_id for side in shown.movers for m in side)}
    assert all(shown.tasks[pk].standing.light in (Light.RED, Light.YELLOW) for pk in shown.worst)
    assert len(overview(played, all_tasks=True).tasks) == 4


def test_a_county_says_which_tasks_hold_it_back_by_its_own_percent(played):
    lists = read_facts(played.task_list)
    unit = played.units["平安区政府"]
    page = read_county(lists, unit.pk, most=40)
    assert page.unit == unit
    assert page.group.unreported == page.group.count == 2
    assert [each.task.no for each in page.tasks] == ["1", "2"]
    assert all(each.behind == each.row.expected and not each.said for each in page.tasks)
    assert page.far + page.near == 2
    assert page.count == 2
    assert page.rank == 2  # as far behind as the park
    assert len(read_county(lists, unit.pk, most=1).tasks) == 1


def test_a_county_quotes_the_last_accepted_words_on_each_task(played):
    page = read_county(read_facts(played.task_list), played.units["乐都区政府"].pk, most=40)
    entry = next(each.entry for each in page.tasks if each.said)
    assert entry.report.period.month == 8
    assert entry.percent == 40
    hand_in(played, "colleague", 12, "2024-09-09 09:00")
    page = read_county(read_facts(played.task_list), played.units["乐都区政府"].pk, most=40)
    assert {(each.entry.report.period.month, each.entry.percent) for each in page.tasks if each.said} == {(9, 12)}


def test_a_board_is_as_old_as_the_oldest_of_its_lights(played):
    yesterday = NOW.date() - dt.timedelta(days=1)
    Standing.objects.filter(task=played.task(2)).update(as_of=yesterday)
    assert read_board(played.task_list, today=NOW.date()).as_of == overview(played).as_of == yesterday


def test_a_department_is_no_county(played):
    assert read_county(read_facts(played.task_list), played.units["市教育局"].pk, most=40) is None


def test_the_overview_takes_at_most_nine_queries(played, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        shown = overview(played)
        assert shown.changes
        assert shown.movers


def test_lists_are_those_overseen_or_coordinated_and_the_first_reported_one_begins(played):
    at = NOW
    for slug, order in (("quiet-2024", 0), ("other-2024", 9)):
        save_list(
            slug=slug,
            document={"number": f"第{order}号", "title": "空", "issuer": "海东市人民政府办公室", "issued_on": START},
            values={
                "title": "不报送的清单",
                "jurisdiction": played.task_list.jurisdiction,
                "coordinating_unit": played.units["市教育局"],
                "year": 2024,
                "starts_on": START,
                "order": order,
            },
            by=None,
            at=at,
        )
    of = {who: overview_lists(viewer_of(person), at) for who, person in played.people.items()}
    assert {each.slug for each in of["leader"]} == {"test-2024", "quiet-2024", "other-2024"}
    assert of["supervisor"] == of["administrator"] == of["leader"]
    assert [each.slug for each in of["coordinator"]] == ["test-2024"]
    assert of["liaison"] == of["head"] == of["stranger"] == []
    assert first_of(of["leader"]).slug == "test-2024"
    assert first_of([]) is None


def test_the_counts_are_those_of_the_day_handed_in(played):
    earlier = overview(played, at=beijing("2024-08-01 10:00"))
    assert earlier.today == dt.date(2024, 8, 1)
    assert earlier.running.period.month == 8


@pytest.mark.parametrize(("yellow", "red", "near", "far"), [(0, 0, 0, 2), (0, 1, 2, 0), (1, 2, 0, 0)])
def test_a_county_that_is_behind_by_a_threshold_s_very_points_counts_with_it(played, yellow, red, near, far):
    """平安区政府 said nothing: both of its tasks are behind by all that was expected. A light that is red stays."""
    Standing.objects.update(light=Light.YELLOW)
    unit = played.units["平安区政府"]
    gaps = {each.behind for each in read_county(read_facts(played.task_list), unit.pk, most=40).tasks}
    (gap,) = gaps
    TaskList.objects.update(yellow_behind=gap + yellow, red_behind=gap + red)
    played.task_list.refresh_from_db()
    page = read_county(read_facts(played.task_list), unit.pk, most=40)
    assert (page.near, page.far, page.count) == (near, far, near + far)
