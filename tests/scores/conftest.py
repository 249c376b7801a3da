"""A scored month: August of the small city, closed, with rules that hold for it."""

import datetime as dt
from dataclasses import replace

import pytest

from tasks_app.closing.actions import close_period
from tasks_app.reporting.actions import accept_entries
from tasks_app.reporting.choices import ReportStatus
from tasks_app.scores.actions import publish_sheet, save_scheme
from tasks_app.scores.drafts import usual
from tests.factories import beijing

DURING, AFTER, LATER = "2024-08-03 09:00", "2024-08-06 09:00", "2024-08-07 09:00"


class Scorer:
    """Shorthand for what coordinator and supervisor do in these tests."""

    def __init__(self, world):
        self.world = world
        self.list = world.task_list
        self.people = world.people

    @property
    def period(self):
        return self.list.periods.latest("opens_at")

    def scheme(self, *changes, version=0, at=DURING, starts="2024-07-01", reason="年度考核开始", **more):
        """Keep the usual rules, some of them changed, as the next version."""
        draft = usual(starts_on=dt.date.fromisoformat(starts))
        changed = {rule.kind: rule for rule in changes}
        draft = replace(draft, rules=[changed.get(rule.kind, rule) for rule in draft.rules], **more)
        by = self.people["supervisor"]
        return save_scheme(task_list=self.list, scheme=draft, reason=reason, version=version, by=by, at=beijing(at))

    def accept(self, report, at=DURING):
        ids = list(report.entries.filter(status=ReportStatus.SUBMITTED).values_list("pk", flat=True))
        accept_entries(report=report, entry_ids=ids, by=self.people["coordinator"], at=beijing(at))

    def close(self, period=None, at=AFTER):
        return close_period(period=period or self.period, by=self.people["coordinator"], at=beijing(at))

    def publish(self, period=None, at=LATER):
        return publish_sheet(period=period or self.period, by=self.people["supervisor"], at=beijing(at))

    def lines(self, sheet, unit):
        """(kind, points, outcome) of a unit, tasks left out: these tests are about the month."""
        found = sheet.lines.filter(unit__name=unit).exclude(kind__in=["red", "overdue"])
        return [(line.kind, float(line.points), line.outcome) for line in found]


@pytest.fixture
def scorer(world):
    return Scorer(world)


@pytest.fixture
def august(world, scorer):
    """市住房建设局 and 乐都区政府 on time and accepted, 市教育局 late, the others missing; closed, not scored."""
    for who, percent in (("liaison", 30), ("colleague", 40)):
        scorer.accept(world.submit(who, percent=percent, at=DURING))
    scorer.accept(world.submit("school", percent=20, at="2024-08-05 20:00"), at="2024-08-05 21:00")
    scorer.close()
    return scorer.period
