"""What the ledger can be asked for by a viewer: lists, chapters, units; four queries at most."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from tasks_app.accounts.permissions import Viewer
from tasks_app.accounts.scopes import in_sight
from tasks_app.catalogue.models import Section, TaskList
from tasks_app.schedule.models import Period
from tasks_app.units.choices import UnitKind
from tasks_app.units.models import Unit

ALL = "all"
BOARD_KINDS = {UnitKind.COUNTY_GOVERNMENT, UnitKind.PARK_COMMITTEE}


@dataclass(frozen=True)
class Scope:
    """`chosen` is the list asked for, None for all; each list carries its current period."""

    viewer: Viewer
    at: dt.datetime
    lists: Sequence[TaskList]
    chosen: TaskList | None
    chapters: list[Section]
    units: list[Unit]

    @property
    def today(self) -> dt.date:
        return self.at.date()

    @property
    def boards(self) -> list[Unit]:
        """The county governments and the park committees, in official order."""
        return [unit for unit in self.units if unit.kind in BOARD_KINDS]

    def unit(self, pk: str) -> Unit:
        return next(unit for unit in self.units if str(unit.pk) == pk)


def read_scope(viewer: Viewer, params: Mapping[str, str], at: dt.datetime) -> Scope:
    """Which lists, chapters and units this viewer may choose among; the first list unless `list` says."""
    current = Period.objects.filter(task_list=OuterRef("pk"), opens_at__lte=at).order_by("-opens_at")
    lists = list(
        TaskList.objects.visible_to(viewer)
        .select_related("document", "coordinating_unit", "reporting_rule")
        .annotate(
            period_id=Subquery(current.values("pk")[:1]),
            period_year=Subquery(current.values("year")[:1]),
            period_month=Subquery(current.values("month")[:1]),
            period_due_at=Subquery(current.values("due_at")[:1]),
        )
    )
    chosen = None
    if lists and params.get("list") != ALL:
        chosen = next((each for each in lists if each.slug == params.get("list")), lists[0])
    return Scope(
        viewer=viewer,
        at=at,
        lists=lists,
        chosen=chosen,
        chapters=list(chosen.sections.filter(level=1)) if chosen else [],
        units=list(Unit.objects.filter(in_sight(viewer))),
    )
