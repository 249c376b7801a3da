"""Are the stored scores what the events come to? Reads everything anew and lays it beside what is stored."""

from collections.abc import Iterator

from django.db.models import QuerySet

from tasks_app.closing.queries import is_intact, published
from tasks_app.scores import facts, rules
from tasks_app.scores.choices import EventKind, Outcome
from tasks_app.scores.models import ScoreSheet
from tasks_app.scores.queries import event_of, scored_units, spec_of, struck_keys


def differences(sheets: QuerySet[ScoreSheet]) -> Iterator[str]:
    """A sentence for each thing that is stored otherwise than it comes out.

    The newest sheet of a round is drawn anew from the tables that its events lie in. For an older version, and while
    a unit of the round is reopened, the tables may have moved on: it is drawn from its own stored events.
    """
    for sheet in sheets.select_related("period__task_list", "snapshot", "scheme").order_by("period_id", "version"):
        sheet.snapshot.period = sheet.period
        for found in _of(sheet):
            yield f"{sheet.period.task_list} {sheet}：{found}"


def _of(sheet: ScoreSheet) -> Iterator[str]:
    period, snapshot = sheet.period, sheet.snapshot
    stored = {line.key: line for line in sheet.lines.all()}
    units = {row.unit_id: row for row in sheet.units.all()}
    newest = not period.score_sheets.filter(version__gt=sheet.version).exists()
    struck = {key for key, line in stored.items() if line.outcome == Outcome.STRUCK}
    if not is_intact(snapshot):
        yield "关账快照的校验值不符"
    events = [event_of(line) for line in stored.values()]
    if newest and snapshot == published(period) and not period.reports.filter(reopened_at__isnull=False).exists():
        events = facts.events(snapshot)
        owed = {row.unit_id: row.owed for row in scored_units(snapshot)}
        if owed != {unit_id: row.owed for unit_id, row in units.items()}:
            yield "参加考核的单位或应报项数与快照不符"
        if wrong := struck ^ (struck_keys(period) & {event.key for event in events}):
            yield f"撤销的明细与申诉裁定不符：{'、'.join(sorted(wrong))}"
    lines = rules.sheet(events, spec_of(sheet.scheme), struck=struck)
    anew = {line.event.key: line for line in lines}
    for key in sorted(stored.keys() - anew.keys()):
        yield f"多出明细“{stored[key]}”"
    for key in sorted(anew.keys() - stored.keys()):
        yield f"缺少明细“{EventKind(anew[key].event.kind).label}：{anew[key].event.text}”"
    for key in sorted(anew.keys() & stored.keys()):
        line, row = anew[key], stored[key]
        if (line.full, line.points, line.outcome) != (row.full, row.points, row.outcome):
            yield f"明细“{row}”存为 {row.points} 分，应为 {line.points} 分"
    known = [line for line in lines if line.event.unit_id in units]
    for unit_id, total in rules.totals(units, known, sheet.scheme.base).items():
        unit = units[unit_id]
        if (total.minus, total.plus, total.score) != (unit.minus, unit.plus, unit.score):
            yield f"{unit.name}存为 {unit.score} 分，应为 {total.score} 分"
