"""A month played in every order: whatever people do, three things hold after every step.

1. What the board shows is what plain SQL counts.
2. A status moves only along the table (and by reopening), and what is published never changes.
3. Every move is in the audit log, whose chain is whole.
"""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tasks_app.analytics.queries import read_board
from tasks_app.audit.actions import first_broken
from tasks_app.audit.models import Event
from tasks_app.catalogue.actions import apply_items
from tasks_app.closing.actions import close_period, exempt_unit, reopen_unit, withdraw_exemption
from tasks_app.closing.models import PeriodSnapshot
from tasks_app.closing.queries import is_intact
from tasks_app.handover.actions import set_place
from tasks_app.lib.dates import BEIJING, beijing_day
from tasks_app.lib.errors import Refused
from tasks_app.reminders.actions import make_round
from tasks_app.reporting import rules
from tasks_app.reporting.actions import (
    EntryDraft,
    accept_entries,
    refresh_standings,
    return_entries,
    save_entries,
    submit_report,
)  # fmt: skip
from tasks_app.reporting.models import ReportEntry
from tasks_app.schedule.actions import derive_obligations
from tasks_app.units.models import Unit
from tests.factories import ITEMS, beijing

UNITS = {"liaison": "市住房建设局", "colleague": "乐都区政府", "school": "市教育局"}
WHO = st.sampled_from(sorted(UNITS))
PERIOD = st.integers(0, 5)
PROGRESS_SQL = """
    SELECT s.progress, t.closed_on,
      (SELECT SUM(CASE WHEN x.n = 1 THEN x.percent ELSE 0 END) FROM (
         SELECT e.percent, ROW_NUMBER() OVER (PARTITION BY r.unit_id ORDER BY p.due_at DESC) AS n
         FROM tasks_app_reportentry e JOIN tasks_app_monthlyreport r ON r.id = e.report_id
         JOIN tasks_app_period p ON p.id = r.period_id
         WHERE e.task_id = t.id AND e.status = 'accepted' AND e.role = 'lead') x),
      (SELECT COUNT(*) FROM (
         SELECT o.unit_id FROM tasks_app_obligation o WHERE o.task_id = t.id AND o.role = 'lead'
         UNION SELECT r.unit_id FROM tasks_app_reportentry e JOIN tasks_app_monthlyreport r ON r.id = e.report_id
         WHERE e.task_id = t.id AND e.status = 'accepted' AND e.role = 'lead') owners)
    FROM tasks_app_task t JOIN tasks_app_standing s ON s.task_id = t.id
    WHERE t.retired_at IS NULL AND t.kind = 'task'
"""


class Month(RuleBasedStateMachine):
    """`world` is set by the test; each run is rolled back by it."""

    world = None

    def __init__(self):
        super().__init__()
        self.at = beijing("2024-08-02 10:00")
        self.statuses = self._statuses()
        self.published = {}
        self.acts = Event.objects.count()
        self.refused = self.done = 0
        self.reopened = set()

    # -- helpers

    @property
    def list(self):
        return self.world.task_list

    def _statuses(self):
        return dict(ReportEntry.objects.values_list("pk", "status"))

    def _report(self, who, number):
        periods = list(self.list.periods.order_by("opens_at"))
        period = periods[number % len(periods)]
        return period.reports.filter(unit__name=UNITS[who]).first()

    def _try(self, act):
        """An act that a rule refuses must leave nothing behind."""
        before = Event.objects.count()
        try:
            act()
        except Refused:
            self.refused += 1
            assert Event.objects.count() == before, "what was refused is not in the log as done"
        else:
            self.done += 1
            refresh_standings(today=beijing_day(self.at))

    # -- what people do

    @rule(who=WHO, number=PERIOD, percent=st.integers(0, 100))
    def edit(self, who, number, percent):
        report = self._report(who, number)
        if report is None:
            return
        drafts = [
            EntryDraft(e.pk, e.version, percent, f"完成 {percent}。", "", "", False) for e in report.entries.all()
        ]
        self._try(lambda: save_entries(report=report, drafts=drafts, by=self.world.people[who], at=self.at))

    @rule(who=WHO, number=PERIOD)
    def submit(self, who, number):
        if report := self._report(who, number):
            self._try(lambda: submit_report(report=report, by=self.world.people[who], at=self.at))

    @rule(who=WHO, number=PERIOD, back=st.booleans())
    def review(self, who, number, back):
        report = self._report(who, number)
        if report is None:
            return
        ids, by = list(report.entries.values_list("pk", flat=True)), self.world.people["coordinator"]
        if back:
            self._try(lambda: return_entries(report=report, entry_ids=ids, reason="补充", by=by, at=self.at))
        else:
            self._try(lambda: accept_entries(report=report, entry_ids=ids, by=by, at=self.at))

    @rule(who=WHO, number=PERIOD, back=st.booleans())
    def exempt(self, who, number, back):
        act = withdraw_exemption if back else exempt_unit
        if report := self._report(who, number):
            by = self.world.people["coordinator"]
            self._try(lambda: act(report=report, reason="机构改革", by=by, at=self.at))

    @rule(number=PERIOD)
    def close(self, number):
        periods = list(self.list.periods.order_by("opens_at"))
        period = periods[number % len(periods)]
        self._try(lambda: close_period(period=period, by=self.world.people["coordinator"], at=self.at))

    @rule(who=WHO, number=PERIOD, correct=st.booleans())
    def reopen(self, who, number, correct):
        report = self._report(who, number)
        if report is None:
            return
        accepted = set(report.entries.filter(status="accepted").values_list("pk", flat=True))
        by = self.world.people["coordinator"]
        before = self.done
        self._try(lambda: reopen_unit(report=report, reason="更正", correct=correct, by=by, at=self.at))
        if self.done > before and correct:
            self.reopened |= accepted

    @rule(who=WHO)
    def name(self, who):
        people, unit = self.world.people, Unit.objects.get(name=UNITS[who], jurisdiction__code="630200")
        by, at = people["coordinator"], self.at
        self._try(lambda: set_place(task_list=self.list, unit=unit, liaison=people[who], deputy=None, by=by, at=at))

    @rule(content=st.sampled_from(["改造小区一批。", "改造小区两批。"]), apart=st.booleans())
    def correct_the_list(self, content, apart):
        items = [replace(ITEMS[0], content=content), *ITEMS[1:]]
        if apart:
            items[3] = replace(ITEMS[3], lead_units=("市教育局",))
        apply_items(task_list=self.list, items=items, by=None, at=self.at)
        derive_obligations(task_list=self.list, by=None, at=self.at)
        refresh_standings(today=beijing_day(self.at))

    @precondition(lambda self: self.at < beijing("2025-02-01 00:00"))
    @rule(days=st.integers(1, 12))
    def time_passes(self, days):
        self.at = (self.at + dt.timedelta(days=days)).astimezone(BEIJING)
        make_round(at=self.at)
        refresh_standings(today=beijing_day(self.at))

    # -- what holds

    @invariant()
    def the_board_is_what_sql_counts(self):
        with connection.cursor() as cursor:
            cursor.execute(PROGRESS_SQL)
            rows = cursor.fetchall()
        for progress, closed_on, total, owners in rows:
            assert closed_on is None
            assert progress == (round((total or 0) / owners) if owners else 0)
        board = read_board(self.list, today=beijing_day(self.at))
        assert board.total.count == len(rows)
        assert board.total.mean == pytest.approx(sum(row[0] for row in rows) / len(rows))

    @invariant()
    def statuses_move_along_the_table(self):
        now = self._statuses()
        for pk, status in now.items():
            before = self.statuses.get(pk, status)
            given_back = pk in self.reopened and status == "returned"
            assert status == before or status in rules.MOVES[before] or given_back, f"{before} → {status}"
        self.reopened.clear()
        self.statuses = now

    @invariant()
    def what_was_published_stays(self):
        for snapshot in PeriodSnapshot.objects.select_related("period"):
            figures = (snapshot.mean, snapshot.digest, *snapshot.tasks.values_list("progress", "light", "due_on"))
            assert self.published.setdefault(snapshot.pk, figures) == figures
            assert is_intact(snapshot)

    @invariant()
    def the_log_is_whole(self):
        count = Event.objects.count()
        assert count >= self.acts
        self.acts = count

    def teardown(self):
        assert first_broken() is None


@pytest.mark.slow
def test_a_month_in_any_order_keeps_its_promises(world, now):
    class Played(Month):
        def __init__(self):
            self.savepoint = transaction.savepoint()
            self.world = world
            super().__init__()

        def teardown(self):
            super().teardown()
            transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(
        Played,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
