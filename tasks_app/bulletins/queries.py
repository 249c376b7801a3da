"""A bulletin's facts read from its freezes; which rounds can have one; what stands in a newer freeze."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership, User
from tasks_app.accounts.permissions import OVERSEEING, Viewer
from tasks_app.accounts.scopes import coordinated
from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.bulletins import figures, wording
from tasks_app.bulletins.choices import BulletinState
from tasks_app.bulletins.models import Bulletin, BulletinStyle
from tasks_app.bulletins.writing import Element, compose
from tasks_app.catalogue.models import TaskList
from tasks_app.closing.models import PeriodSnapshot
from tasks_app.closing.queries import published, task_figure
from tasks_app.closing.rules import task_changes
from tasks_app.lib.dates import BEIJING
from tasks_app.progress.choices import Light
from tasks_app.schedule.models import Period


def style_of(task_list: TaskList) -> BulletinStyle:
    """How a list's bulletins look: as set, else a plain form under the name of the coordinating unit (unsaved)."""
    found = BulletinStyle.objects.filter(task_list=task_list).first()
    if found is not None:
        return found
    place, unit = task_list.jurisdiction.short_name, task_list.coordinating_unit.name
    # 海东市 + 市发展改革委 is 海东市发展改革委.
    issuer = place + unit.removeprefix(place[-1:])
    return BulletinStyle(
        task_list=task_list,
        issuer_mark=wording.MARK.format(issuer=issuer),
        issuer=issuer,
        number_pattern=wording.NUMBER_PATTERN,
        addressee=wording.ADDRESSEE,
        phrases="\n".join(wording.NEXT_STEPS),
    )


def round_before(snapshot: PeriodSnapshot) -> PeriodSnapshot | None:
    """The newest freeze of the previous closed round, from which 本月变化 is computed (as in closing.queries)."""
    period = snapshot.period
    earlier = PeriodSnapshot.objects.filter(
        period__task_list_id=period.task_list_id, period__opens_at__lt=period.opens_at
    )
    return earlier.select_related("period").order_by("-period__opens_at", "-version").first()


@in_the_language_of_the_house
def facts_of(task_list: TaskList, snapshot: PeriodSnapshot, before: PeriodSnapshot | None) -> figures.RoundFacts:
    """Everything that a bulletin counts, in Chinese: two queries, four with a round before."""
    # A document is in Chinese, whatever language the reader has chosen.
    rows, units = list(snapshot.tasks.all()), list(snapshot.units.all())
    earlier = list(before.tasks.all()) if before else []
    return figures.RoundFacts(
        list_title=task_list.title,
        round_name=snapshot.period.name,
        as_of=snapshot.as_of,
        mean=snapshot.mean,
        expected=snapshot.expected,
        tasks=[
            figures.TaskFact(
                row.no, row.headline, row.progress, row.expected, row.light, row.reason_text, row.due_on,
                tuple(row.leads),
            )
            for row in rows
        ],
        units=[
            figures.UnitFact(
                row.name,
                row.timeliness,
                _moment(row.first_submitted_at),
                row.owed,
                row.accepted,
                row.mean,
            )
            for row in units
        ],
        before=before.period.name if before else "",
        mean_before=before.mean if before else None,
        county_means_before={row.name: row.mean for row in before.units.all()} if before else None,
        changes=task_changes(map(task_figure, earlier), map(task_figure, rows)) if before else (),
    )  # fmt: skip


def _moment(at: dt.datetime | None) -> str:
    return date_format(at.astimezone(BEIJING), _("n月j日 H:i")) if at else ""


@in_the_language_of_the_house
def number_line(bulletin: Bulletin) -> str:
    """What stands in the number's place on paper: recalled ones say so, unpublished ones have none yet."""
    if bulletin.state == BulletinState.RECALLED:
        return _("%(number)s（已撤回）") % {"number": bulletin.number}
    return bulletin.number or _("（%(state)s，文号待定）") % {"state": bulletin.get_state_display()}


@in_the_language_of_the_house
def recall_line(bulletin: Bulletin) -> str:
    """The note of recall printed on a recalled bulletin; empty for others."""
    if bulletin.recalled_at is None:
        return ""
    day = date_format(bulletin.recalled_at.astimezone(BEIJING), _("Y年n月j日"))
    return _("【本通报已于%(day)s撤回：%(note)s】") % {"day": day, "note": bulletin.recall_note}


@dataclass(frozen=True)
class Reading:
    """A bulletin with its figures, counted once."""

    bulletin: Bulletin
    facts: figures.RoundFacts

    @cached_property
    @in_the_language_of_the_house
    def inline(self) -> dict[str, str]:
        return figures.inline(self.facts)

    @cached_property
    @in_the_language_of_the_house
    def blocks(self) -> dict[str, figures.Block]:
        return figures.blocks(self.facts)

    @cached_property
    @in_the_language_of_the_house
    def elements(self) -> Sequence[Element]:
        return compose(self.bulletin.texts, inline=self.inline, blocks=self.blocks)


def read(bulletin: Bulletin) -> Reading:
    """A bulletin as it is to be read; wants task_list, snapshot and compared_with with their periods joined."""
    return Reading(bulletin, facts_of(bulletin.task_list, bulletin.snapshot, bulletin.compared_with))


def newest_freeze(bulletin: Bulletin) -> PeriodSnapshot | None:
    """A newer freeze of the bulletin's round than the one it is bound to, if there is one."""
    last = published(bulletin.period)
    return last if last is not None and last.version > bulletin.snapshot.version else None


def is_reopened(period: Period) -> bool:
    """Some unit of a closed round was reopened and may report again, so its figures are going to change."""
    return period.reports.filter(reopened_at__isnull=False).exists()


@dataclass(frozen=True)
class Difference:
    """A figure, or a task's light and percent, in the bound freeze and in the newer one."""

    name: str
    before: str
    after: str


@in_the_language_of_the_house
def differences(bulletin: Bulletin, newer: PeriodSnapshot) -> list[Difference]:
    """What would change if the bulletin were bound to a newer freeze: figures first, then tasks."""
    old = facts_of(bulletin.task_list, bulletin.snapshot, bulletin.compared_with)
    new = facts_of(bulletin.task_list, newer, round_before(newer))
    then, now = figures.inline(old), figures.inline(new)
    was = {task.no: task for task in old.tasks}
    return [Difference(name, then[name], words) for name, words in now.items() if then[name] != words] + [
        Difference(f"{task.no} {task.headline}", _where(was[task.no]), _where(task))
        for task in new.tasks
        if task.no in was and _where(was[task.no]) != _where(task)
    ]


def _where(task: figures.TaskFact) -> str:
    return f"{Light(task.light).label} {task.progress}%"


def closed_without_bulletin(viewer: Viewer) -> QuerySet[Period]:
    """Closed rounds of the lists this person coordinates that have no bulletin in force, newest first."""
    in_force = Bulletin.objects.filter(period=OuterRef("pk")).exclude(state=BulletinState.RECALLED)
    return (
        Period.objects.filter(coordinated(viewer, "task_list__"), snapshots__isnull=False)
        .exclude(Exists(in_force))
        .distinct()
        .select_related("task_list")
        .order_by("-opens_at", "-pk")
    )


def approvers(task_list: TaskList) -> list[User]:
    """Supervisors and leaders of the list's jurisdiction."""
    roles = [Role.SUPERVISOR, Role.LEADER]
    return _people(Membership.objects.filter(unit__jurisdiction_id=task_list.jurisdiction_id, role__in=roles))


def audience(bulletin: Bulletin) -> list[User]:
    """Who is told of a published bulletin: liaisons and heads of the round's units, coordinators, and those who
    oversee.
    """
    units = list(bulletin.snapshot.units.values_list("unit_id", flat=True))
    task_list = bulletin.task_list
    return _people(
        Membership.objects.filter(unit_id__in=units, role__in=[Role.LIAISON, Role.HEAD])
        | Membership.objects.filter(unit_id=task_list.coordinating_unit_id, role=Role.COORDINATOR)
        | Membership.objects.filter(unit__jurisdiction_id=task_list.jurisdiction_id, role__in=OVERSEEING)
    )


def _people(memberships: QuerySet[Membership]) -> list[User]:
    people = memberships.filter(active=True, user__is_active=True, unit__active=True).select_related("user")
    return list({membership.user_id: membership.user for membership in people.order_by("pk")}.values())
