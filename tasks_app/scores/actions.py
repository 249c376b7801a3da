"""Keeping the rules, publishing sheets, objecting to a line and deciding on it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

from django.db import transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.catalogue.models import TaskList
from tasks_app.closing.models import PeriodSnapshot
from tasks_app.closing.queries import published
from tasks_app.files.storing import keep
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.outbox.actions import suppress
from tasks_app.schedule.models import Period
from tasks_app.scores import rules
from tasks_app.scores.choices import EventKind, ObjectionStatus, SheetCause
from tasks_app.scores.drafts import SchemeDraft, draft_of, facts_of
from tasks_app.scores.models import (
    Objection,
    ObjectionFile,
    ScoreLine,
    ScoreRule,
    ScoreScheme,
    ScoreSheet,
    ScoreUnit,
)
from tasks_app.scores.queries import (
    draft,
    event_of,
    group_of,
    newest_sheet,
    objection_refusal,
    scheme_for,
    scheme_of,
    spec_of,
    struck_keys,
)
from tasks_app.scores.telling import tell_scores, tell_supervisors, tell_unit

MAX_FILES = 5


@transaction.atomic
def save_scheme(
    *, task_list: TaskList, scheme: SchemeDraft, reason: str, version: int, by: User | None, at: dt.datetime
) -> ScoreScheme:
    """Keep a list's rules as their next version; `version` is the one the form was drawn from, 0 for none.

    Raises Conflict when somebody saved since. Refused: without a reason, for points that are no halves or beyond
    100, for a start at or before a round that is scored already, and when nothing differs.
    """
    TaskList.objects.select_for_update().get(pk=task_list.pk)
    newest = scheme_of(task_list)
    if (newest.version if newest else 0) != version:
        raise Conflict(
            _("您打开页面以后，别人修改过考核规则。下面列出现行的规则，您填的内容还在，请对照后再保存。"),
            theirs={newest.pk: newest} if newest else {},
        )
    if not reason.strip():
        raise Refused(_("请写明修改理由，它会留在规则的版本记录里，各单位都看得到。"))
    scheme = replace(scheme, starts_on=scheme.starts_on.replace(day=1))
    _check(task_list, scheme)
    before = facts_of(draft_of(newest)) if newest else {}
    after = facts_of(scheme)
    if before == after:
        raise Refused(_("规则没有变化，没有保存新的一版。"))
    kept = ScoreScheme.objects.create(
        task_list=task_list,
        version=version + 1,
        base=scheme.base,
        starts_on=scheme.starts_on,
        objection_workdays=scheme.objection_workdays,
        basis=scheme.basis.strip(),
        reason=reason.strip(),
        saved_at=at,
        saved_by=by,
    )
    ScoreRule.objects.bulk_create([ScoreRule(scheme=kept, **asdict(rule)) for rule in scheme.rules])
    record(by=by, at=at, verb="scores.save_scheme", target=kept, before=before, after=after, reason=reason.strip())
    return kept


def _check(task_list: TaskList, scheme: SchemeDraft) -> None:
    for rule in scheme.rules:
        if rules.wrong_points(rule.points) or (
            rule.cap is not None and (rule.cap <= 0 or rules.wrong_points(rule.cap))
        ):
            raise Refused(
                _("“%(kind)s”的分值和上限要以 0.5 分为单位，不超过 100 分，上限大于 0。")
                % {"kind": EventKind(rule.kind).label}
            )
    if rules.wrong_points(scheme.base) or scheme.base <= 0:
        raise Refused(_("基础分要大于 0、不超过 100，以 0.5 分为单位。"))
    scored = Period.objects.filter(task_list=task_list, score_sheets__isnull=False).order_by("year", "month").last()
    if scored and scheme.starts_on <= scored.first_day:
        raise Refused(
            _("%(period)s已经公布考核结果，仍按当时的规则。新规则请从以后的报送期起执行。") % {"period": scored}
        )


# ---- sheets


@transaction.atomic
def publish_sheet(*, period: Period, by: User, at: dt.datetime) -> ScoreSheet:
    """Compute a closed round's scores from its newest freeze and publish them to the units.

    A round that was closed again gets a new version by the rules it was scored under; objections that were upheld
    stay upheld. Refused while it is open or a unit is reopened, without rules, and when nothing is new.
    """
    period = Period.objects.select_for_update(of=("self",)).select_related("task_list").get(pk=period.pk)
    snapshot = published(period)
    if period.closed_at is None or snapshot is None:
        raise Refused(_("%(period)s还没有关账。考核按关账固定的数字计算，请先由汇总单位关账。") % {"period": period})
    if reopened := list(period.reports.filter(reopened_at__isnull=False).values_list("unit__name", flat=True)):
        raise Refused(
            _("%(period)s已对%(units)s重开，请等再次关账后公布。") % {"period": period, "units": "、".join(reopened)}
        )
    scheme = scheme_for(period)
    if scheme is None:
        raise Refused(_("%(period)s还没有适用的考核规则，请先设置规则。") % {"period": period})
    last = newest_sheet(period)
    if last is not None and last.snapshot_id == snapshot.pk:
        raise Refused(_("%(period)s的考核结果已经公布，没有新的变化。") % {"period": period})
    snapshot.period = period
    found = draft(snapshot, spec_of(scheme), struck_keys(period))
    units = [
        ScoreUnit(
            unit_id=row.unit_id, order=row.order, name=row.name, group=group_of(row),
            timeliness=row.timeliness, owed=row.owed, **asdict(found.totals[row.unit_id]),
        )
        for row in found.units
    ]  # fmt: skip
    cause = SheetCause.RECLOSED if last else SheetCause.FIRST
    return _keep_sheet(last, cause, snapshot, scheme, units, found.lines, by=by, at=at)


def _keep_sheet(
    last: ScoreSheet | None,
    cause: SheetCause,
    snapshot: PeriodSnapshot,
    scheme: ScoreScheme,
    units: Sequence[ScoreUnit],
    lines: Iterable[rules.ScoredEvent],
    *,
    by: User,
    at: dt.datetime,
) -> ScoreSheet:
    """Write the next version, log it, and tell the units whose score is new."""
    sheet = ScoreSheet.objects.create(
        period=snapshot.period, version=last.version + 1 if last else 1, cause=cause,
        snapshot=snapshot, scheme=scheme, published_at=at, published_by=by,
    )  # fmt: skip
    since = dict(last.lines.values_list("key", "since")) if last else {}
    before = dict(last.units.values_list("unit_id", "score")) if last else {}
    for unit in units:
        unit.pk, unit.sheet = None, sheet
    ScoreUnit.objects.bulk_create(units)
    ScoreLine.objects.bulk_create([_stored(sheet, line, since.get(line.event.key, at)) for line in lines])
    moved = [unit for unit in units if before.get(unit.unit_id) != unit.score]
    record(
        by=by,
        at=at,
        verb="scores.publish",
        target=sheet,
        before={"version": last.version, "scores": {str(k): f"{v:.1f}" for k, v in before.items()}} if last else {},
        after={"cause": cause, "scheme": scheme.version, "snapshot": snapshot.version}
        | {"scores": {str(unit.unit_id): f"{unit.score:.1f}" for unit in units}},
    )
    tell_scores(sheet, moved, at)
    return sheet


def _stored(sheet: ScoreSheet, line: rules.ScoredEvent, since: dt.datetime) -> ScoreLine:
    event = line.event
    return ScoreLine(
        sheet=sheet, unit_id=event.unit_id, kind=event.kind, key=event.key, thing=event.thing, thing_id=event.thing_id,
        text=event.text, day=event.day, path=event.path,
        full=line.full, points=line.points, outcome=line.outcome, since=since,
    )  # fmt: skip


# ---- objections


@transaction.atomic
def file_objection(*, line: ScoreLine, text: str, by: User, at: dt.datetime) -> Objection:
    """申诉: a unit says that a line is wrong, and why. The supervisors of the jurisdiction are told.

    Refused: for a line of an older version, one that takes no points, one that was objected to before, after the
    list's term of working days, and without a text.
    """
    period = Period.objects.select_for_update(of=("self",)).select_related("task_list").get(pk=line.sheet.period_id)
    line = ScoreLine.objects.select_related("sheet__scheme", "unit").get(pk=line.pk)
    if refusal := objection_refusal(line, period, at):
        raise Refused(refusal)
    if not text.strip():
        raise Refused(_("请写明申诉理由，督查员要据此裁定。"))
    objection = Objection.objects.create(
        period=period, unit=line.unit, line=line, key=line.key, text=text.strip(), filed_at=at, filed_by=by
    )
    after = {"unit": line.unit.name, "line": str(line), "points": f"{line.points:.1f}"}
    record(by=by, at=at, verb="scores.file_objection", target=objection, after=after, reason=text.strip())
    tell_supervisors(objection, line, at)
    return objection


@transaction.atomic
def attach_to_objection(*, objection: Objection, name: str, content: bytes, by: User, at: dt.datetime) -> ObjectionFile:
    """Lay a file beside an objection that waits for its decision."""
    objection = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    if objection.status != ObjectionStatus.FILED:
        raise Refused(_("这份申诉已经裁定，不能再加附件。"))
    kept = ObjectionFile.objects.create(
        objection=objection,
        **keep(
            beside=objection.files.all(), name=name, content=content, folder="objections", by=by, at=at, most=MAX_FILES
        ),
    )
    record(by=by, at=at, verb="scores.attach", target=objection, after=kept.facts)
    return kept


@transaction.atomic
def decide_objection(*, objection: Objection, upheld: bool, reason: str, by: User, at: dt.datetime) -> Objection:
    """Uphold an objection, which strikes its line in a new version of the sheet, or dismiss it. The unit is told.

    Both need a reason. Refused when it was decided before.
    """
    period = Period.objects.select_for_update(of=("self",)).select_related("task_list").get(pk=objection.period_id)
    objection = (
        Objection.objects.select_for_update(of=("self",)).select_related("unit", "line", "period").get(pk=objection.pk)
    )
    if objection.status != ObjectionStatus.FILED:
        raise Refused(_("这份申诉已经裁定过：%(status)s。") % {"status": objection.get_status_display()})
    if not reason.strip():
        raise Refused(_("请写明裁定理由，申诉单位会看到。"))
    objection.status = ObjectionStatus.UPHELD if upheld else ObjectionStatus.DISMISSED
    objection.decision_text, objection.decided_at, objection.decided_by = reason.strip(), at, by
    objection.save()
    record(
        by=by,
        at=at,
        verb="scores.decide_objection",
        target=objection,
        before={"status": ObjectionStatus.FILED},
        after={"status": objection.status},
        reason=reason.strip(),
    )
    suppress(topic=f"objection:{objection.pk}", at=at)
    if upheld:
        _strike(period, by=by, at=at)
    tell_unit(objection, at)
    return objection


def _strike(period: Period, *, by: User, at: dt.datetime) -> None:
    """The sheet recomputed from its own events, without lines whose objection was upheld."""
    last = newest_sheet(period)
    if last is None:
        return
    last.snapshot.period = period
    scheme = ScoreScheme.objects.prefetch_related("rules").get(pk=last.scheme_id)
    units = list(last.units.all())
    events = [event_of(line) for line in last.lines.all()]
    lines = rules.sheet(events, spec_of(scheme), struck=struck_keys(period))
    totals = rules.totals([unit.unit_id for unit in units], lines, scheme.base)
    for unit in units:
        total = totals[unit.unit_id]
        unit.minus, unit.plus, unit.score = total.minus, total.plus, total.score
    _keep_sheet(last, SheetCause.OBJECTION, last.snapshot, scheme, units, lines, by=by, at=at)
