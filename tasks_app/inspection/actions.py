"""What a supervisor sees on the spot: kept, corrected, with its photos."""

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.catalogue.models import Task
from tasks_app.files.storing import keep
from tasks_app.inspection import telling
from tasks_app.inspection.models import SpotCheck, SpotCheckFile, SpotCheckVersion
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.progress.actions import set_verified
from tasks_app.units.models import Unit


@dataclass(frozen=True)
class Seen:
    """What was seen: place, day, words, and the light that the supervisor gives it."""

    place: str
    day: dt.date
    finding: str
    light: str


@transaction.atomic
def make_spot_check(*, task: Task, unit: Unit | None, seen: Seen, by: User, at: dt.datetime) -> SpotCheck:
    """Keep a visit and make its light the task's verified reading.

    The lights that stand beside it are kept with it; where they differ the visit is a finding, and the message to the
    lead units and the coordinator says so. Raises Refused for a day in the future, for missing words, and for a line
    that has no light.
    """
    task = Task.objects.select_related("task_list", "standing").get(pk=task.pk)
    _check(seen, at)
    standing = set_verified(task=task, light=seen.light, on=seen.day, by=by)
    check = SpotCheck.objects.create(
        task=task,
        unit=unit,
        computed_light=standing.light,
        own_light=standing.own,
        made_at=at,
        made_by=by,
        **asdict(seen),
    )
    record(
        by=by,
        at=at,
        verb="inspection.make_spot_check",
        target=check,
        before={"computed": standing.light, "own": standing.own},
        after=asdict(seen) | {"unit": unit.name if unit else ""},
        reason=seen.finding,
    )
    telling.checked(check, at=at)
    return check


def _check(seen: Seen, at: dt.datetime) -> None:
    if seen.day > beijing_day(at):
        raise Refused(_("核查日期不能晚于今天。"))
    if not (seen.place.strip() and seen.finding.strip()):
        raise Refused(_("请写明核查地点和看到的情况。"))


@transaction.atomic
def correct_spot_check(
    *, check: SpotCheck, seen: Seen, reason: str, version: int, by: User, at: dt.datetime
) -> SpotCheck:
    """Correct a visit's words with a reason; what stood there before is kept as a version.

    The task's verified reading follows the newest of its visits; who was told of the visit is told of the correction.
    Raises Conflict when somebody else has corrected it
    since `version`, Refused without a reason or a change.
    """
    check = SpotCheck.objects.select_for_update(of=("self",)).select_related("task__task_list").get(pk=check.pk)
    before = Seen(check.place, check.day, check.finding, check.light)
    if check.version != version:
        raise Conflict(_("别人刚刚更正过这次核查，请对照后再改。"), theirs={check.pk: before})
    if not reason.strip():
        raise Refused(_("更正核查记录请写明理由，原记录保留。"))
    _check(seen, at)
    if seen == before:
        raise Refused(_("内容没有变化，不用更正。"))
    check.version += 1
    SpotCheckVersion.objects.create(
        check_of=check,
        number=check.version,
        corrected_at=at,
        corrected_by=by,
        reason=reason.strip(),
        **asdict(before),
    )
    check.place, check.day, check.finding, check.light = seen.place, seen.day, seen.finding, seen.light
    check.save()
    newest = check.task.spot_checks.select_related("made_by").order_by("-day", "-pk")[0]
    set_verified(task=check.task, light=newest.light, on=newest.day, by=newest.made_by or by, anew=True)
    record(
        by=by,
        at=at,
        verb="inspection.correct_spot_check",
        target=check,
        before=asdict(before),
        after=asdict(seen),
        reason=reason.strip(),
    )
    telling.corrected(check, reason.strip(), at=at)
    return check


@transaction.atomic
def attach_to_spot_check(*, check: SpotCheck, name: str, content: bytes, by: User, at: dt.datetime) -> SpotCheckFile:
    """Keep a photo or paper of a visit; it stays. Raises Refused for what is not taken."""
    check = SpotCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
    kept = SpotCheckFile.objects.create(
        check_of=check, **keep(beside=check.files.all(), name=name, content=content, folder="visits", by=by, at=at)
    )
    record(by=by, at=at, verb="inspection.attach_to_spot_check", target=check, after=kept.facts)
    return kept
