"""What issuing a notice is made of; `actions.issue_notices` puts it together in one transaction."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership, User
from tasks_app.audit.actions import record
from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Refused
from tasks_app.notices import rules
from tasks_app.notices.choices import OWED, NoticeLevel, NoticeState
from tasks_app.notices.models import Notice, NoticeRound, NoticeSetting, NoticeTask
from tasks_app.notices.queries import facts_text, frozen_facts, had_this_month, last_reports, lead_units
from tasks_app.units.models import Unit


@dataclass(frozen=True)
class NoticeDraft:
    """A notice to be issued. `override_text` says why it goes beyond the cap of the month."""

    unit: Unit
    level: NoticeLevel
    tasks: tuple[Task, ...]
    demands_text: str
    override_text: str = ""

    @property
    def in_order(self) -> list[Task]:
        """The tasks as the list has them."""
        return sorted(self.tasks, key=lambda task: task.seq)


def check_drafts(
    setting: NoticeSetting, drafts: Sequence[NoticeDraft], *, at: dt.datetime
) -> dict[NoticeDraft, list[Notice]]:
    """Refuse what may not be issued, with the rule; draft → the open milder notices that it escalates."""
    if not drafts:
        raise Refused(_("没有选中要发的单位。请至少选一个单位。"))
    task_ids = {task.pk for draft in drafts for task in draft.tasks}
    leads = lead_units(task_ids)
    had = had_this_month({draft.unit.pk for draft in drafts}, setting, at=at)
    still_open = Notice.objects.open().filter(parts__task_id__in=task_ids).prefetch_related("parts__task").distinct()
    older: dict[NoticeDraft, list[Notice]] = {}
    for draft in drafts:
        _check_words(setting, draft, leads)
        theirs = [notice for notice in still_open if notice.unit_id == draft.unit.pk]
        older[draft] = _milder(draft, theirs)
        had[draft.unit.pk] = _check_cap(setting, draft, had[draft.unit.pk])
    return older


def _check_words(setting: NoticeSetting, draft: NoticeDraft, leads: Mapping[int, Sequence[Unit]]) -> None:
    if not draft.tasks:
        raise Refused(_("给%(unit)s的通知没有任务。") % {"unit": draft.unit})
    if not draft.demands_text.strip():
        raise Refused(_("请写明对%(unit)s的督办要求。") % {"unit": draft.unit})
    for task in draft.tasks:
        if task.task_list_id != setting.task_list_id:
            raise Refused(_("%(task)s不在这份清单里。一份通知只督办一份清单的任务。") % {"task": task})
        if task.closed_on or task.retired_at:
            raise Refused(_("%(task)s已销号或停用，不再督办。") % {"task": task})
        if draft.unit not in leads.get(task.pk, ()):
            raise Refused(
                _("%(unit)s不是%(task)s的牵头单位。督办通知只发给牵头单位。") % {"unit": draft.unit, "task": task}
            )


def _milder(draft: NoticeDraft, theirs: Sequence[Notice]) -> list[Notice]:
    """Open notices whose tasks are all in the draft and whose level is below; refuses what stands in the way."""
    chosen = {task.pk: task for task in draft.tasks}
    found = []
    for notice in theirs:
        about = {part.task_id for part in notice.parts.all()}
        shared = [chosen[pk] for pk in chosen if pk in about]
        if not shared:
            continue
        words = {"task": shared[0], "notice": notice, "state": notice.get_state_display()}
        if notice.state not in OWED:
            raise Refused(_("%(task)s的%(notice)s已有回复，还没有评定。请先评定，再决定是否另发通知。") % words)
        if NoticeLevel(notice.level).height >= draft.level.height:
            raise Refused(_("%(task)s已有%(notice)s（%(state)s），不再发同级或更低的通知。") % words)
        if about <= chosen.keys():
            found.append(notice)
    return found


def _check_cap(setting: NoticeSetting, draft: NoticeDraft, had: int) -> int:
    """The unit's notices this month including the new ones; refuses to exceed the cap without a reason."""
    if not rules.is_counted(draft.level, counts_reminders=setting.cap_counts_reminders):
        return had
    if had >= setting.monthly_cap and not draft.override_text.strip():
        raise Refused(cap_rule(setting, draft.unit, had))
    return had + 1


def cap_rule(setting: NoticeSetting, unit: Unit, had: int) -> str:
    """The rule that a further notice would break, quoted."""
    which = _("含提醒") if setting.cap_counts_reminders else _("提醒不计")
    return _(
        "%(unit)s本月已收到督办通知 %(had)d 份。按督办设置，每个单位每月不超过 %(cap)d 份（%(which)s）。"
        "确需再发的，请写明理由。"
    ) % {"unit": unit, "had": had, "cap": setting.monthly_cap, "which": which}


def issuer_of(by: User, task_list: TaskList) -> str:
    """The office in whose name a supervisor issues."""
    post = (
        Membership.objects.in_force()
        .filter(user=by, role=Role.SUPERVISOR, unit__jurisdiction_id=task_list.jurisdiction_id)
        .select_related("unit")
        .first()
    )
    if post is None:
        raise Refused(_("督办通知由本辖区的督查员签发。"))
    return post.unit.name


# What is kept on paper is in Chinese, whatever language its author reads.
@in_the_language_of_the_house
def write(
    draft: NoticeDraft,
    *,
    setting: NoticeSetting,
    year: int,
    serial: int,
    issuer: str,
    days: Mapping[dt.date, bool],
    by: User,
    at: dt.datetime,
) -> Notice:
    """The rows of one notice: itself, its tasks with the facts of the day, its first round."""
    number = rules.number_text(setting.pattern, year=year, serial=serial)
    _check_number(setting.task_list, number)
    workdays = setting.workdays(draft.level)
    due_at = rules.reply_due(at=at, workdays=workdays, exceptions=days)
    notice = Notice(
        task_list=setting.task_list,
        unit=draft.unit,
        unit_name=draft.unit.name,
        level=draft.level,
        year=year,
        serial=serial,
        number=number,
        title=title_of(draft)[:200],
        issuer=issuer,
        head_text=setting.head_text or issuer,
        demands_text=draft.demands_text.strip(),
        override_text=draft.override_text.strip(),
        issued_at=at,
        issued_by=by,
        due_at=due_at,
    )
    notice.fold()
    notice.save()
    last, today = last_reports([task.pk for task in draft.tasks], [draft.unit.pk]), beijing_day(at)
    parts = []
    for order, task in enumerate(draft.in_order):
        facts = frozen_facts(task, last.get((task.pk, draft.unit.pk)), today=today)
        parts.append(NoticeTask(notice=notice, task=task, order=order, facts=facts, text=facts_text(facts)))
    NoticeTask.objects.bulk_create(parts)
    NoticeRound.objects.create(notice=notice, number=1, opened_at=at, workdays=workdays, due_at=due_at)
    return notice


def _check_number(task_list: TaskList, number: str) -> None:
    """Otherwise two lists without a pattern of their own would give the same number."""
    same = Notice.objects.filter(number=number, task_list__jurisdiction_id=task_list.jurisdiction_id)
    if other := same.select_related("task_list").first():
        raise Refused(
            _("文号 %(number)s 已由“%(list)s”用过。请先在督办设置里为本清单另定编号格式。")
            % {"number": number, "list": other.task_list}
        )


def title_of(draft: NoticeDraft) -> str:
    """关于加快推进第7项“……”的督办通知, or of the first of several."""
    kind = {
        NoticeLevel.REMINDER: _("督办提醒"),
        NoticeLevel.ORDER: _("督办通知"),
        NoticeLevel.RED: _("挂牌督办通知"),
    }[draft.level]
    first, count = draft.in_order[0], len(draft.tasks)
    if count == 1:
        name = f"{first.number}“{first.headline.rstrip('…')}”"
        return _("关于加快推进%(task)s的%(kind)s") % {"task": name, "kind": kind}
    words = {"task": first.number or f"“{first.headline}”", "n": count, "kind": kind}
    return (
        ngettext("关于加快推进%(task)s等%(n)d项任务的%(kind)s", "关于加快推进%(task)s等%(n)d项任务的%(kind)s", count)
        % words
    )


def escalate(milder: Notice, *, into: Notice, by: User, at: dt.datetime) -> None:
    """End an open notice in favour of the higher one that replaces it."""
    before = {"state": milder.state}
    milder.state, milder.ended_at, milder.ended_by, milder.escalated_to = NoticeState.ESCALATED, at, by, into
    milder.save()
    after = {"state": milder.state, "into": into.number}
    record(by=by, at=at, verb="notices.escalate", target=milder, before=before, after=after)
