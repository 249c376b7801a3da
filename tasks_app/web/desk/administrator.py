"""The administrator's part: is the house in order?"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership
from tasks_app.accounts.permissions import Viewer
from tasks_app.accounts.scopes import administered
from tasks_app.catalogue.models import Assignment, Task
from tasks_app.intake.models import ImportBatch
from tasks_app.outbox.choices import Delivery
from tasks_app.outbox.models import Message
from tasks_app.schedule.models import Obligation
from tasks_app.units.choices import UnitKind
from tasks_app.units.models import GroupMember, Unit
from tasks_app.web.desk import common
from tasks_app.workdays.models import DayException

SHOWN = 5
# The State Council announces the next year's holidays in late autumn.
NEXT_YEAR_FROM_MONTH = 11


@dataclass
class AdministratorPart:
    """What is missing or doubtful in the data, and the newest imports."""

    without_liaison: list[Unit]
    empty_groups: list[Unit]
    doubtful: list[Task]
    doubtful_count: int
    missing_years: list[int]
    failed_messages: int
    imports: list[ImportBatch]

    @property
    def is_in_order(self) -> bool:
        return not (self.without_liaison or self.empty_groups or self.missing_years or self.failed_messages)


def read(viewer: Viewer, at: dt.datetime) -> AdministratorPart:
    units = Unit.objects.filter(administered(viewer))
    liaisons = Membership.objects.in_force().filter(role=Role.LIAISON, unit=OuterRef("pk"))
    members = GroupMember.objects.filter(group=OuterRef("pk"))
    named = Assignment.objects.filter(unit=OuterRef("pk"), task__retired_at=None)
    doubtful = (
        Task.objects.filter(administered(viewer, "task_list__"), retired_at=None)
        .annotate(doubt_count=Count("doubts"))
        .filter(doubt_count__gt=0)
        .select_related("task_list")
        .order_by("-doubt_count", "task_list__order", "seq")
    )
    return AdministratorPart(
        without_liaison=list(
            units.filter(Exists(Obligation.objects.filter(unit=OuterRef("pk"))), ~Exists(liaisons), active=True)
        ),
        empty_groups=list(units.filter(Exists(named), ~Exists(members), kind=UnitKind.GROUP)),
        doubtful=list(doubtful[:SHOWN]),
        doubtful_count=doubtful.count(),
        missing_years=_missing_years(common.day_of(at)),
        failed_messages=Message.objects.filter(status=Delivery.FAILED).count(),
        imports=list(
            ImportBatch.objects.visible_to(viewer).defer("content").select_related("task_list", "uploaded_by")[:SHOWN]
        ),
    )


def _missing_years(today: dt.date) -> list[int]:
    """Years that the calendar should know by now and does not."""
    known = set(DayException.objects.filter(day__year__gte=today.year).values_list("day__year", flat=True))
    wanted = [today.year, today.year + 1] if today.month >= NEXT_YEAR_FROM_MONTH else [today.year]
    return [year for year in wanted if year not in known]
