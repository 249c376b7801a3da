"""The minute's round, and what people set about reminders: the ladder, pauses, words."""

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models, transaction
from django.utils.translation import gettext as _

from tasks_app.audit.actions import record
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.outbox.actions import note_breakdowns, take_turn
from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import GroupRobot
from tasks_app.reminders import rounds, wording
from tasks_app.reminders.models import (
    CalendarFeed,
    ListReminding,
    MessageTemplate,
    ReminderStep,
    SendingPolicy,
    default_channels,
    mark_of,
)
from tasks_app.reminders.occasions import DEFAULT_LADDER
from tasks_app.reminders.occasions.base import Rung
from tasks_app.reporting.actions import open_periods, refresh_stale_standings


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
    written = _remind(at)
    rounds.note_results(at=at)
    return Round(len(opened), refreshed, written)


@transaction.atomic
def send_due(*, at: dt.datetime, by: models.Model | None = None) -> int:
    """The reminding part of a round alone; returns how many messages are new."""
    return _remind(at) if take_turn(at=at) else 0


def _remind(at: dt.datetime) -> int:
    """Send what is due and note which occasions failed, for monitoring; those that work again are cleared."""
    reminded = rounds.remind(at=at)
    note_breakdowns(broken=reminded.broken, at=at)
    return reminded.messages


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
def start_reminding(*, task_list: TaskList, by: models.Model | None, at: dt.datetime) -> int:
    """Give a new list the usual ladder; one that is not reported regularly needs none. Returns how many steps."""
    if not hasattr(task_list, "reporting_rule"):
        return 0
    return save_ladder(task_list=task_list, steps=DEFAULT_LADDER, by=by, at=at)


@transaction.atomic
def save_step(
    *,
    task_list: TaskList,
    rung: Rung,
    step: ReminderStep | None = None,
    seen: str = "",
    channels: Iterable[str] | None = None,
    template: str = "",
    active: bool = True,
    by: models.Model,
    at: dt.datetime,
) -> ReminderStep:
    """Add a step, or change `step`; a step that has fired for a case does not fire for it again.

    `seen` is the step's `mark` as the writer saw it: Conflict when it is another by now. Refused with an
    unknown template, or where the ladder has a step for the same case, day and audience already.
    """
    known = MessageTemplate.objects.filter(models.Q(task_list=task_list) | models.Q(task_list=None), code=template)
    if template and template not in wording.BUILT_IN and not known.exists():
        raise Refused(_("没有代号为“%(code)s”的模板。请先保存模板，或留空用默认模板。") % {"code": template})
    if rung.repeat_days and rung.offset < 0:
        raise Refused(_("重复只用于截止之后的提醒；截止之前请分别设置各步。"))
    ladder = ReminderStep.objects.select_for_update().filter(task_list=task_list)
    names = ("offset", "audience", "occasion", "day_kind")
    same = ladder.filter(**{name: getattr(rung, name) for name in names})
    if (same.exclude(pk=step.pk) if step else same).exists():
        raise Refused(_("这个清单已经有同一事项、同一天、同一对象的步骤，请直接修改那一步。"))
    old = ladder.get(pk=step.pk) if step else ReminderStep(task_list=task_list)
    if seen and old.mark != seen:
        raise Conflict(_("这一步在您编辑期间已被他人修改，您的修改还没有保存。"), theirs={old.pk: old})
    chosen = [Channel.SITE, *[c for c in channels if c != Channel.SITE]] if channels is not None else default_channels()
    before = _step_values(old) if step else {}
    for name, value in rung._asdict().items():
        setattr(old, name, value)
    old.channels, old.template, old.active = chosen, template, active
    old.save()
    record(by=by, at=at, verb="reminders.save_step", target=old, before=before, after=_step_values(old))
    return old


def _step_values(step: ReminderStep) -> dict[str, object]:
    names = (*Rung._fields, "channels", "template", "active")
    return {name: getattr(step, name) for name in names}


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
    # What fell due since the last round still counts as within the pause.
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
def save_template(
    *,
    task_list: TaskList | None,
    code: str,
    title: str,
    text: str,
    seen: str = "",
    by: models.Model,
    at: dt.datetime,
) -> MessageTemplate:
    """Set the words of a template for one list, or for all that have none of their own (None).

    `seen` is the mark of the words that the writer started from: Conflict when others hold by now.
    """
    if not title.strip() or not text.strip():
        raise Refused(_("标题和正文都要填写。"))
    for words in (title, text):
        wording.check(words, code=code)
    same = MessageTemplate.objects.select_for_update().filter(code=code)
    old = same.filter(task_list=task_list).first()
    holds = old or same.filter(task_list=None).first() or wording.BUILT_IN.get(code)
    if seen and holds is not None and seen != mark_of((holds.title, holds.text)):
        raise Conflict(_("这个模板在您编辑期间已被他人修改，您的修改还没有保存。"), theirs={0: holds})
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
    """Give a person a new secret calendar address; an earlier one stops working. The log does not note the address."""
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
