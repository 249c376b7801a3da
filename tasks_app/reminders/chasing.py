"""催办、催报: reminding at once, beside the ladder. Both go into the ledger of reminders and know of each other."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass

from django.db import models, transaction
from django.utils.translation import gettext as _

from tasks_app.audit.actions import record
from tasks_app.audit.models import Event
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.errors import Refused
from tasks_app.outbox.actions import Letter, write_digests
from tasks_app.reminders import facts as reading
from tasks_app.reminders import occasions, rounds, rules
from tasks_app.reminders.choices import ReminderState
from tasks_app.reminders.facts import Candidate, Facts
from tasks_app.reminders.models import Reminder
from tasks_app.reminders.occasions import REPORT
from tasks_app.reminders.queries import chase_of
from tasks_app.schedule.models import Period

# A second chase of the same person for the same thing within this time counts as a double click.
AGAIN = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Chased:
    """What a chase did: units spoken of, people told, names of the units where nobody could be told."""

    units: int
    people: int
    unreached: Sequence[str]


@transaction.atomic
def send_now(*, task_list: TaskList, case_keys: Collection[str], by: models.Model, at: dt.datetime) -> int:
    """Remind of open cases of a list at once, beside the ladder: one message for each person concerned.

    `case_keys` are those of a forecast or of `queries.open_cases`. The liaisons of a case's unit are told
    (without any, the coordinator); of a case without a unit, the coordinators. Who was told of a case in
    the last ten minutes is not told again. Returns how many people are told; refused when that is nobody, or when
    something chosen is missing because its occasion has broken since: half a chase would look like a whole one.
    """
    _wait_for_others(task_list)
    facts = reading.read(at=at)
    cases = [case for case in facts.cases if case.is_open and case.key in case_keys and case.task_list == task_list]
    _refuse_broken(facts, _codes_of(set(case_keys) - {case.key for case in cases}))
    if not cases:
        raise Refused(_("所选事项已经了结，不用再提醒。请刷新页面查看最新状态。"))
    told = [one for case in cases for one in facts.recipients(case, chase_of(case)) if one.user]
    if not told:
        raise Refused(_("没有可以接收的人：单位没有在任的联络员，汇总单位也没有汇总员。请先确定人员。"))
    just_told = _just_told(task_list, at)
    told = [one for one in told if one.subject not in just_told]
    if not told:
        raise Refused(_("所选单位刚刚（10 分钟内）已经催过，没有重复发送。"))
    keys = sorted(case.key for case in cases)
    event = record(by=by, at=at, verb="reminders.send_now", target=task_list, after={"cases": keys})
    return _send(told, facts, event, at)


@transaction.atomic
def chase_period(*, period: Period, unit_ids: Collection[int], by: models.Model, at: dt.datetime) -> Chased:
    """催报: tell who is in charge in units that have not reported; one message per person, naming all units.

    Units that reported or are excused are passed over, and who was told of a unit in the last ten minutes;
    where nobody can be told, the unit is named in the result; the coordinator, who chases, is not told instead.
    """
    _wait_for_others(period.task_list)
    if Period.objects.select_for_update(no_key=True).get(pk=period.pk).closed_at is not None:
        raise Refused(_("%(period)s已经关账，不再催报。") % {"period": period})
    # A round is asked for until it is closed, however long ago its deadline was.
    since, until = min(at - rules.LOOKBACK, period.due_at), max(at, period.due_at)
    facts = reading.read(at=at, since=since, until=until)
    owing = [
        (case.unit, facts.recipients(case, chase_of(case)))
        for case in facts.cases
        if case.occasion == REPORT.code and case.period_id == period.pk and case.unit and case.unit.pk in unit_ids
    ]
    if not owing:
        _refuse_broken(facts, {REPORT.code})
        raise Refused(_("选中的单位都已报送或免报，不用催报。"))
    just_told = _just_told(period.task_list, at)
    told: list[Candidate] = []
    units, unreached = [], []
    for unit, charged in owing:
        anew = [one for one in charged if one.user and not one.escalated and one.subject not in just_told]
        nobody = all(one.escalated or not one.user for one in charged)
        if anew or nobody:
            units.append(unit.name)
            told += anew
        if nobody:
            unreached.append(unit.name)
    if not units:
        raise Refused(_("所选单位刚刚（10 分钟内）已经催过，没有重复发送。"))
    people = len({one.who for one in told})
    after = {"units": "、".join(units), "people": people, "unreached": "、".join(unreached)}
    event = record(by=by, at=at, verb="reminders.chase_period", target=period, after=after)
    _send(told, facts, event, at)
    return Chased(units=len(units), people=people, unreached=unreached)


def _wait_for_others(task_list: TaskList) -> None:
    """One chase of a list at a time, so that a button pressed twice finds the first chase."""
    TaskList.objects.select_for_update(no_key=True).get(pk=task_list.pk)


def _codes_of(case_keys: Set[str]) -> set[str]:
    """The occasions to which these keys may belong: the first word names it, or (a round's as a whole) none."""
    found: set[str] = set()
    for key in case_keys:
        kind = key.partition(":")[0]
        found |= {kind} if kind in occasions.BY_CODE else set(occasions.BY_CODE)
    return found


def _refuse_broken(facts: Facts, codes: Set[str]) -> None:
    """A case that could not be read or worded is not settled: report the failure instead of sending half a message."""
    if broken := sorted(set(facts.troubles.broken) & codes):
        names = "、".join(str(occasions.BY_CODE[code].label) for code in broken)
        raise Refused(_("“%(names)s”的提醒推算出错，没有发送。请通知运维人员，排除后再催。") % {"names": names})


def _just_told(task_list: TaskList, at: dt.datetime) -> set[tuple[str, str]]:
    """(case, person) of the chases of the last minutes: a button pressed twice says it once."""
    keys = Reminder.objects.filter(task_list=task_list, key__startswith="now.", moment__gt=at - AGAIN)
    return {(case, who) for _now, case, who in (key.split("/") for key in keys.values_list("key", flat=True))}


def _send(told: Sequence[Candidate], facts: Facts, event: Event, at: dt.datetime) -> int:
    """Note everyone told in the ledger and write each a message with a line per case; returns how many people."""
    pairs: dict[str, list[tuple[Reminder, Candidate]]] = defaultdict(list)
    for one in told:
        case = one.case
        row = Reminder(
            key=f"now.{event.pk}/{case.key}/{one.who}", occasion=case.occasion, task_list=case.task_list,
            period_id=case.period_id, report_id=case.report_id, task_id=case.task_id, notice_id=case.notice_id,
            unit=case.unit, recipient=one.user, moment=at, state=ReminderState.DUE, created_at=at,
        )  # fmt: skip
        pairs[one.who].append((row, one))
    letters, groups = [], []
    for who, theirs in pairs.items():
        said, rows = rounds.lines_of(theirs, facts, at)
        _refuse_broken(facts, {one.case.occasion for one in told})
        letters.append(Letter(f"now:{event.pk}:{who}", theirs[0][1].user, None, said))
        groups.append(rows)
    _written, stored = write_digests(letters=letters, at=at, not_before=at)
    for rows, lines in zip(groups, stored, strict=True):
        for together, line in zip(rows, lines, strict=True):
            for row in together:
                row.line = line
    Reminder.objects.bulk_create(row for theirs in pairs.values() for row, _one in theirs)
    return len(letters)
