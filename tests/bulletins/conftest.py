"""A small city whose July and August rounds are closed, and the way of a bulletin in a few words."""

from dataclasses import dataclass

import pytest

from tasks_app.bulletins.actions import decide_bulletin, draft_bulletin, publish_bulletin, submit_bulletin
from tasks_app.bulletins.models import Bulletin
from tasks_app.closing.actions import close_period, exempt_unit
from tasks_app.reporting.actions import accept_entries
from tasks_app.reporting.choices import ReportStatus
from tests.factories import World, beijing
from tests.support.keys import keys_follow  # noqa: F401  (looked at after every test)


@dataclass
class Office:
    """The small city with two closed rounds; each act at its own hour of 2024-08-07."""

    world: World
    july: object
    august: object

    def accept(self, report, at):
        ids = [entry.pk for entry in report.entries.filter(status=ReportStatus.SUBMITTED)]
        accept_entries(report=report, entry_ids=ids, by=self.world.people["coordinator"], at=beijing(at))

    def by(self, who):
        return self.world.people[who]

    def draft(self, period=None, at="2024-08-07 09:00"):
        return draft_bulletin(period=period or self.august, by=self.by("coordinator"), at=beijing(at))

    def submit(self, bulletin, who="coordinator", at="2024-08-07 10:00"):
        return submit_bulletin(bulletin=bulletin, version=bulletin.version, by=self.by(who), at=beijing(at))

    def decide(self, bulletin, granted=True, opinion="", who="supervisor", at="2024-08-07 11:00"):
        return decide_bulletin(
            bulletin=bulletin, granted=granted, opinion=opinion, version=bulletin.version, by=self.by(who),
            at=beijing(at),
        )  # fmt: skip

    def publish(self, bulletin, at="2024-08-07 14:00"):
        return publish_bulletin(bulletin=bulletin, version=bulletin.version, by=self.by("coordinator"), at=beijing(at))

    def published(self, period=None) -> Bulletin:
        return self.publish(self.decide(self.submit(self.draft(period))))


@pytest.fixture
def office(world):
    """July: nobody reported. August: 30 % from 市住房建设局 on time, 40 % from 乐都区政府 late, 平安区政府 excused."""
    july, august = world.task_list.periods.order_by("opens_at")
    office = Office(world, july, august)
    close_period(period=july, by=office.by("coordinator"), at=beijing("2024-08-03 09:00"))
    office.accept(world.submit("liaison", percent=30, at="2024-08-03 10:00"), "2024-08-03 11:00")
    office.accept(world.submit("colleague", percent=40, at="2024-08-05 19:00"), "2024-08-05 20:00")
    excused = august.reports.get(unit=world.units["平安区政府"])
    exempt_unit(report=excused, reason="受灾", by=office.by("coordinator"), at=beijing("2024-08-04 09:00"))
    close_period(period=august, by=office.by("coordinator"), at=beijing("2024-08-06 09:00"))
    return office
