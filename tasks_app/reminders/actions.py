"""The minute's round, and what people set about reminders: the ladder, pauses, words, one more nudge."""

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from tasks_app.audit.actions import record
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Refused
from tasks_app.outbox.actions import Letter, take_turn, write_digests
from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import GroupRobot
from tasks_app.reminders import facts as reading
from tasks_app.reminders import rounds, rules, wording
from tasks_app.reminders.choices import Audience, DayKind, Occasion, ReminderState
from tasks_app.reminders.models import (
    CalendarFeed,
    ListReminding,
    MessageTemplate,
    Reminder,
    ReminderStep,
    SendingPolicy,
    default_channels,
)
from tasks_app.reporting.actions import open_periods, refresh_stale_standings


class Rung(NamedTuple):
    """A step of a ladder to be saved."""

    offset: int
    time: dt.time
    audience: str
    occasion: str = Occasion.REPORT
    day_kind: str = DayKind.WORKDAY
    repeat_days: int = 0


NINE = dt.time(9)
# The ladder of domain §4, for a list that brings none.
DEFAULT_LADDER = (
    Rung(-3, NINE, Audience.LIAISON),
    Rung(-1, NINE, Audience.LIAISON),
    Rung(0, NINE, Audience.LIAISON),
    Rung(1, NINE, Audience.LIAISON),
    Rung(1, NINE, Audience.COORDINATOR),
    Rung(3, NINE, Audience.SUPERVISOR),
    Rung(-30, NINE, Audience.LIAISON, Occasion.TASK, DayKind.CALENDAR),
    Rung(-7, NINE, Audience.LIAISON, Occasion.TASK, DayKind.CALENDAR),
    Rung(-1, NINE, Audience.LIAISON, Occasion.TASK, DayKind.CALENDAR),
    Rung(1, NINE, Audience.LIAISON, Occasion.TASK, DayKind.CALENDAR, repeat_days=7),
    Rung(1, NINE, Audience.LIAISON, Occasion.RETURNED),
    Rung(3, NINE, Audience.LIAISON, Occasion.RETURNED),
)


@dataclass(frozen=True)
class Round:
    """What one tick did."""

    periods_opened: int
    standings_refreshed: int
    messages_written: int


@transaction.atomic
def make_round(*, at: dt.datetime, by: models.Model | None = None) -> Round:
    """Everything the clock does in one go. Running it twice for the same moment does it once.

    One round at a time: a second one that comes while the first is busy does nothing.
    """
    if not take_turn(at=at):
        return Round(0, 0, 0)
    opened = open_periods(by=by, at=at)
    refreshed = refresh_stale_standings(today=beijing_day(at))
    written = rounds.remind(at=at)
    rounds.note_results(at=at)
    return Round(len(opened), refreshed, written)


@transaction.atomic
def send_due(*, at: dt.datetime, by: models.Model | None = None) -> int:
    """The reminding part of a round alone; returns how many messages are new."""
    return rounds.remind(at=at) if take_turn(at=at) else 0


def note_results(*, at: dt.datetime) -> None:
    """Bring the ledger up to what the outbox has delivered."""
    rounds.note_results(at=at)


@transaction.atomic
def save_ladder(
    *,
    task_list: TaskList,
    steps: Iterable[tuple[int, dt.time, str] | Rung],
    by: models.Model | None,
    at: dt.datetime,
) -> int:
    """Give a list without a ladder its steps; returns how many were added."""
    if task_list.reminder_steps.exists():
        return 0
    rungs = [Rung(*step) for step in steps]
    rows = ReminderStep.objects.bulk_create(ReminderStep(task_list=task_list, **rung._asdict()) for rung in rungs)
    record(by=by, at=at, verb="reminders.save_ladder", target=task_list, after={"steps": len(rows)})
    return len(rows)


@transaction.atomic
def save_step(
    *,
    task_list: TaskList,
    rung: Rung,
    channels: Iterable[str] | None = None,
    template: str = "",
    active: bool = True,
    by: models.Model,
    at: dt.datetime,
) -> ReminderStep:
    """Add a step, or change the one for the same case, day and audience. Refused with an unknown template."""
    known = MessageTemplate.objects.filter(models.Q(task_list=task_list) | models.Q(task_list=None), code=template)
    if template and template not in wording.BUILT_IN and not known.exists():
        raise Refused(_("没有代号为“%(code)s”的模板。请先保存模板，或留空用默认模板。") % {"code": template})
    chosen = [Channel.SITE, *[c for c in channels if c != Channel.SITE]] if channels is not None else default_channels()
    if rung.repeat_days and rung.offset < 0:
        raise Refused(_("重复只用于截止之后的提醒；截止之前请分别设置各步。"))
    names = ("offset", "audience", "occasion", "day_kind")
    step, made = ReminderStep.objects.update_or_create(
        task_list=task_list,
        **{name: getattr(rung, name) for name in names},
        defaults={
            "time": rung.time,
            "repeat_days": rung.repeat_days,
            "channels": chosen,
            "template": template,
            "active": active,
        },
    )
    after = {**rung._asdict(), "channels": chosen, "template": template, "active": active, "added": made}
    record(by=by, at=at, verb="reminders.save_step", target=step, after=after)
    return step


@transaction.atomic
def pause_list(*, task_list: TaskList, reason: str, by: models.Model, at: dt.datetime) -> ListReminding:
    """Send no reminders of a list until it is resumed; what falls due meanwhile is recorded as skipped."""
    if not reason.strip():
        raise Refused(_("请写明暂停理由，例如“国庆假期前已统一部署”，其他人会看到。"))
    setting, _made = ListReminding.objects.get_or_create(task_list=task_list)
    if setting.paused_at is not None:
        raise Refused(_("这个清单的提醒已经暂停。"))
    setting.paused_at, setting.pause_reason = at, reason.strip()
    setting.paused_by_id = by.pk
    setting.save()
    record(by=by, at=at, verb="reminders.pause_list", target=task_list, reason=reason.strip())
    return setting


@transaction.atomic
def resume_list(*, task_list: TaskList, by: models.Model, at: dt.datetime) -> None:
    """End a pause. Nothing that fell due during it is sent afterwards."""
    # What fell due since the last round still belongs to the pause.
    send_due(at=at)
    changed = ListReminding.objects.filter(task_list=task_list, paused_at__isnull=False).update(
        paused_at=None, paused_by=None, pause_reason=""
    )
    if not changed:
        raise Refused(_("这个清单的提醒没有暂停。"))
    record(by=by, at=at, verb="reminders.resume_list", target=task_list)


@transaction.atomic
def set_robots(*, task_list: TaskList, robots: Iterable[GroupRobot], by: models.Model, at: dt.datetime) -> None:
    """Which groups hear of a list (for the steps that have the robot channel)."""
    setting, _made = ListReminding.objects.get_or_create(task_list=task_list)
    before = [robot.name for robot in setting.robots.all()]
    setting.robots.set(robots)
    after = {"robots": [robot.name for robot in setting.robots.all()]}
    record(by=by, at=at, verb="reminders.set_robots", target=task_list, before={"robots": before}, after=after)


@transaction.atomic
def send_now(*, case_key: str, by: models.Model, at: dt.datetime) -> int:
    """Remind of one open case at once, beside the ladder; returns how many messages were written.

    `case_key` is that of a forecast or ledger row. The liaisons of its unit are told (without any, the
    coordinator); of a case without a unit, the coordinators. Refused when it is settled by now.
    """
    # The words of the case go into messages: in the language of the house, whoever asks.
    with override(settings.LANGUAGE_CODE):
        facts = reading.read(at=at)
    case = next((case for case in facts.cases if case.key == case_key), None)
    if case is None:
        raise Refused(_("这一事项已经了结，不用再提醒。请刷新页面查看最新状态。"))
    audience = Audience.LIAISON if case.unit else Audience.COORDINATOR
    step = rules.Step(0, case.task_list.pk, case.occasion, 0, DayKind.CALENDAR, NINE, audience, 0,
                      tuple(default_channels()), "")  # fmt: skip
    told = [one for one in facts.recipients(case, step) if one.user]
    if not told:
        raise Refused(_("没有可以接收的人：单位没有在任的联络员，汇总单位也没有汇总员。请先确定人员。"))
    event = record(by=by, at=at, verb="reminders.send_now", target=case.task_list, after={"case": case_key})
    rows, letters = [], []
    for one in told:
        row = Reminder(
            key=f"now.{event.pk}/{case.key}/{one.who}", occasion=case.occasion, task_list=case.task_list,
            period_id=case.period_id, report_id=case.report_id, task_id=case.task_id, unit=case.unit,
            recipient=one.user, moment=at, state=ReminderState.DUE, created_at=at,
        )  # fmt: skip
        said, _groups = rounds.lines_of([(row, one)], facts, at)
        rows.append(row)
        letters.append(Letter(f"now:{event.pk}:{one.who}", one.user, None, said))
    written, stored = write_digests(letters=letters, at=at, not_before=at)
    for row, (line,) in zip(rows, stored, strict=True):
        row.line = line
    Reminder.objects.bulk_create(rows)
    return written


@transaction.atomic
def save_template(
    *, task_list: TaskList | None, code: str, title: str, text: str, by: models.Model, at: dt.datetime
) -> MessageTemplate:
    """Set the words of a template for one list, or for all that have none of their own (None)."""
    if not title.strip() or not text.strip():
        raise Refused(_("标题和正文都要填写。"))
    for words in (title, text):
        wording.check(words)
    old = MessageTemplate.objects.filter(task_list=task_list, code=code).first()
    before = {"title": old.title, "text": old.text} if old else {}
    template, _made = MessageTemplate.objects.update_or_create(
        task_list=task_list, code=code, defaults={"title": title.strip(), "text": text.strip()}
    )
    after = {"title": template.title, "text": template.text}
    record(by=by, at=at, verb="reminders.save_template", target=template, before=before, after=after)
    return template


@transaction.atomic
def reset_template(*, template: MessageTemplate, by: models.Model, at: dt.datetime) -> None:
    """Go back to the words that came with the system (or, for a list, to everybody's)."""
    before = {"title": template.title, "text": template.text}
    record(by=by, at=at, verb="reminders.reset_template", target=template, before=before)
    template.delete()


@transaction.atomic
def save_policy(
    *, quiet_from: dt.time, quiet_until: dt.time, daily_cap: int, by: models.Model | None, at: dt.datetime
) -> SendingPolicy:
    """When people may not be disturbed, and how many digests one person gets in a day at most."""
    if daily_cap < 1:
        raise Refused(_("每人每天至少要能收到 1 条，否则提醒发不出去。"))
    policy = SendingPolicy.objects.first() or SendingPolicy()
    before = {"quiet_from": policy.quiet_from, "quiet_until": policy.quiet_until, "daily_cap": policy.daily_cap}
    policy.quiet_from, policy.quiet_until, policy.daily_cap = quiet_from, quiet_until, daily_cap
    policy.save()
    after = {"quiet_from": quiet_from, "quiet_until": quiet_until, "daily_cap": daily_cap}
    record(by=by, at=at, verb="reminders.save_policy", target=policy, before=before, after=after)
    return policy


@transaction.atomic
def issue_calendar_feed(*, user: models.Model, by: models.Model, at: dt.datetime) -> CalendarFeed:
    """Give a person a new secret calendar address; an earlier one ends. The log does not note the address."""
    feed, _made = CalendarFeed.objects.update_or_create(
        user_id=user.pk, defaults={"token": secrets.token_urlsafe(32), "created_at": at}
    )
    record(by=by, at=at, verb="reminders.issue_calendar_feed", target=user)
    return feed


@transaction.atomic
def revoke_calendar_feed(*, user: models.Model, by: models.Model, at: dt.datetime) -> None:
    """End a person's calendar address."""
    CalendarFeed.objects.filter(user_id=user.pk).delete()
    record(by=by, at=at, verb="reminders.revoke_calendar_feed", target=user)
