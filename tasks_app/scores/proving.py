"""Are the stored scores what the events add up to? Recomputes everything and compares it with what is stored."""

from collections.abc import Iterator, Mapping

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tasks_app.closing.queries import is_intact, published
from tasks_app.scores import facts, rules
from tasks_app.scores.choices import EventKind, Outcome
from tasks_app.scores.models import ScoreLine, ScoreSheet
from tasks_app.scores.queries import event_of, scored_units, spec_of, struck_keys


def differences(sheets: QuerySet[ScoreSheet]) -> Iterator[str]:
    """A sentence for each stored value that differs from the recomputed one.

    The newest sheet of a round is recomputed from the tables that hold its events. For an older version, and while
    a unit of the round is reopened, the tables may have changed since: it is recomputed from its own stored events.
    """
    for sheet in sheets.select_related("period__task_list", "snapshot", "scheme").order_by("period_id", "version"):
        sheet.snapshot.period = sheet.period
        for found in _of(sheet):
            yield f"{sheet.period.task_list} {sheet}: {found}"


def _of(sheet: ScoreSheet) -> Iterator[str]:
    period, snapshot = sheet.period, sheet.snapshot
    stored = {line.key: line for line in sheet.lines.all()}
    units = {row.unit_id: row for row in sheet.units.all()}
    newest = not period.score_sheets.filter(version__gt=sheet.version).exists()
    struck = {key for key, line in stored.items() if line.outcome == Outcome.STRUCK}
    if not is_intact(snapshot):
        yield _("关账快照的校验值不符")
    events = [event_of(line) for line in stored.values()]
    if newest and snapshot == published(period) and not period.reports.filter(reopened_at__isnull=False).exists():
        events = facts.events(snapshot)
        owed = {row.unit_id: row.owed for row in scored_units(snapshot)}
        if owed != {unit_id: row.owed for unit_id, row in units.items()}:
            yield _("参加考核的单位或应报项数与快照不符")
        if wrong := struck ^ (struck_keys(period) & {event.key for event in events}):
            yield _("撤销的明细与申诉裁定不符：%(keys)s") % {"keys": "、".join(sorted(wrong))}
    lines = rules.sheet(events, spec_of(sheet.scheme), struck=struck)
    yield from _lines(stored, {line.event.key: line for line in lines})
    known = [line for line in lines if line.event.unit_id in units]
    for unit_id, total in rules.totals(units, known, sheet.scheme.base).items():
        unit = units[unit_id]
        if (total.minus, total.plus, total.score) != (unit.minus, unit.plus, unit.score):
            yield _("%(unit)s存为 %(stored)s 分，应为 %(right)s 分") % {
                "unit": unit.name,
                "stored": unit.score,
                "right": total.score,
            }


def _lines(stored: Mapping[str, ScoreLine], anew: Mapping[str, rules.ScoredEvent]) -> Iterator[str]:
    for key in sorted(stored.keys() - anew.keys()):
        yield _("多出明细“%(line)s”") % {"line": stored[key]}
    for key in sorted(anew.keys() - stored.keys()):
        event = anew[key].event
        yield _("缺少明细“%(kind)s：%(text)s”") % {"kind": EventKind(event.kind).label, "text": event.text}
    for key in sorted(anew.keys() & stored.keys()):
        line, row = anew[key], stored[key]
        if (line.full, line.points, line.outcome) != (row.full, row.points, row.outcome):
            yield _("明细“%(line)s”存为 %(stored)s 分，应为 %(right)s 分") % {
                "line": row,
                "stored": row.points,
                "right": line.points,
            }
