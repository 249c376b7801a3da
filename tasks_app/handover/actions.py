"""Keeping the roster: naming who is in charge, handing over what is open, taking in a file."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import Membership, User
from tasks_app.audit.actions import record
from tasks_app.catalogue.models import TaskList
from tasks_app.handover import telling
from tasks_app.lib.errors import Refused
from tasks_app.outbox.actions import suppress
from tasks_app.reporting.models import EDITABLE_STATUSES, MonthlyReport
from tasks_app.reporting.queries import with_counts
from tasks_app.roster.models import RosterPlace
from tasks_app.roster.queries import FileRow, resolve
from tasks_app.units.models import Unit


@transaction.atomic
def set_place(
    *, task_list: TaskList, unit: Unit, liaison: User, deputy: User | None, by: User, at: dt.datetime
) -> RosterPlace:
    """Name a unit's liaison and deputy for a list; writes nothing when they are named already.

    Where another person was named, what is open is handed over to the new one.
    """
    for person in (liaison, deputy):
        if person is not None:
            _check_post(person, unit)
    if deputy == liaison:
        raise Refused(_("替补不能与联络员是同一人。"))
    place = RosterPlace.objects.select_for_update(of=("self",)).filter(task_list=task_list, unit=unit).first()
    if place and (place.liaison_id, place.deputy_id) == (liaison.pk, deputy.pk if deputy else None):
        return place
    before = _words(place) if place else {}
    changed = place is not None and place.liaison_id != liaison.pk
    place = place or RosterPlace(task_list=task_list, unit=unit)
    if place.liaison_id != liaison.pk:
        place.since = at
    place.liaison, place.deputy = liaison, deputy
    place.save()
    record(by=by, at=at, verb="roster.set", target=place, before=before, after=_words(place))
    if changed:
        telling.successor(place, _open_reports(place), at=at)
    return place


@transaction.atomic
def hand_over(*, place: RosterPlace, to: User, reason: str, by: User, at: dt.datetime) -> RosterPlace:
    """交接: another person takes a unit's place, and with it everything that is open.

    The drafts are the unit's and stay where they are; reminders planned for the predecessor are dropped and
    planned for the successor by the next round; what still waits to be sent on open reports is not sent to
    the predecessor; the successor is told what is open. The predecessor stays a liaison of the unit until an
    administrator ends the post.
    """
    if not reason.strip():
        raise Refused(_("请写明交接理由，例如“岗位调整”。"))
    place = RosterPlace.objects.select_for_update(of=("self",)).select_related("liaison", "unit", "task_list").get(
        pk=place.pk
    )  # fmt: skip
    _check_post(to, place.unit)
    if to.pk == place.liaison_id:
        raise Refused(_("%(person)s现在就是联络员，不用交接。") % {"person": to})
    before, predecessor = _words(place), place.liaison
    place.liaison, place.since = to, at
    if place.deputy_id == to.pk:
        place.deputy = None
    place.save()
    still_open = _open_reports(place)
    count = sum(suppress(topic=f"report:{report.pk}", at=at, recipient=predecessor) for report in still_open)
    after = {**_words(place), "open": len(still_open), "not_sent": count}
    record(by=by, at=at, verb="roster.hand_over", target=place, before=before, after=after, reason=reason.strip())
    telling.successor(place, _open_reports(place), at=at)
    return place


@transaction.atomic
def import_roster(*, task_list: TaskList, rows: Sequence[FileRow], by: User, at: dt.datetime) -> int:
    """Set the places that a file names, all or none; returns how many are new or changed.

    Refused with the first problem when there is any; `queries.resolve` has them all.
    """
    found = resolve(task_list, rows)
    if found.problems:
        first = found.problems[0]
        raise Refused(
            _("名册没有导入：第 %(line)d 行 %(column)s：%(text)s")
            % {"line": first.line, "column": first.column, "text": first.text}
        )
    named = dict(task_list.roster.values_list("unit_id", "liaison_id"))
    deputies = dict(task_list.roster.values_list("unit_id", "deputy_id"))
    changed = 0
    for unit, liaison, deputy in found.places:
        wanted = (liaison.pk, deputy.pk if deputy else None)
        if (named.get(unit.pk), deputies.get(unit.pk)) != wanted:
            set_place(task_list=task_list, unit=unit, liaison=liaison, deputy=deputy, by=by, at=at)
            changed += 1
    record(by=by, at=at, verb="roster.import", target=task_list, after={"rows": len(rows), "changed": changed})
    return changed


def _check_post(person: User, unit: Unit) -> None:
    """Being put on a roster gives nobody access to a unit's drafts: the person must hold the liaison post already."""
    if not Membership.objects.liaisons_of([unit.pk]).filter(user=person).exists():
        raise Refused(
            _("“%(person)s”不是%(unit)s在任的联络员。请管理员先在后台任职。") % {"person": person, "unit": unit}
        )


def _words(place: RosterPlace) -> dict[str, str]:
    return {"liaison": place.liaison.username, "deputy": place.deputy.username if place.deputy else ""}


def _open_reports(place: RosterPlace) -> list[MonthlyReport]:
    """What the unit still has to write on this list."""
    reports = MonthlyReport.objects.filter(
        unit=place.unit, period__task_list=place.task_list, status__in=EDITABLE_STATUSES, exempt_at=None
    )
    return list(with_counts(reports.select_related("period", "unit")).order_by("period__opens_at"))
