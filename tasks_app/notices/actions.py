"""Formal acts on notices: set how a list issues them, issue, sign for, answer, judge, withdraw."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.catalogue.models import TaskList
from tasks_app.files.storing import drop, keep
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.notices import rules, telling
from tasks_app.notices.choices import NoticeAct, NoticeState, Verdict
from tasks_app.notices.issuing import NoticeDraft, check_drafts, escalate, issuer_of, write
from tasks_app.notices.models import Notice, NoticeFile, NoticeRound, NoticeSetting
from tasks_app.notices.queries import last_serial
from tasks_app.outbox.actions import suppress
from tasks_app.units.models import Jurisdiction
from tasks_app.workdays.queries import exceptions


@transaction.atomic
def save_setting(
    *, task_list: TaskList, values: dict[str, Any], by: models.Model | None, at: dt.datetime, version: int | None = None
) -> NoticeSetting:
    """Set how notices of a list are numbered, answered, capped and proposed; what was issued stays as it is.

    With `version` (of the setting when the form was shown), raises Conflict when somebody saved since. Refused for
    a number pattern that cannot be used, or that another list of the jurisdiction uses already, and for
    another beginning of a year's numbers once the list has given one.
    """
    setting = _locked_setting(task_list)
    if version is not None and setting.version != version:
        raise Conflict(
            _("您打开页面以后，别人修改过督办设置。下面列出现行的设置，您填的内容还在，请对照后再保存。"),
            theirs={setting.pk: setting},
        )
    if pattern := values.get("pattern"):
        _check_pattern(task_list, pattern)
    before = {name: getattr(setting, name) for name in values}
    if before == values and setting.version:
        return setting
    year = beijing_day(at).year
    on_paper = setting.on_paper(year)
    for name, value in values.items():
        setattr(setting, name, value)
    if setting.on_paper(year) != on_paper:
        _check_beginning(task_list, year)
    setting.version += 1
    setting.save()
    record(by=by, at=at, verb="notices.save_setting", target=setting, before=before, after=values)
    return setting


def _locked_setting(task_list: TaskList) -> NoticeSetting:
    """The list's row, made where there is none, with its jurisdiction held until the transaction ends.

    The lists of a jurisdiction count towards one cap of a unit, and no two of them give the same number.
    """
    Jurisdiction.objects.select_for_update(no_key=True).get(pk=task_list.jurisdiction_id)
    return NoticeSetting.objects.get_or_create(task_list=task_list)[0]


def _check_pattern(task_list: TaskList, pattern: str) -> None:
    fault = rules.pattern_fault(pattern)
    if fault.startswith("unknown:"):
        name = fault.partition(":")[2]
        raise Refused(_("编号格式里的“{%(name)s}”不是可用的占位符。可用的是 {年} 和 {号}。") % {"name": name})
    if fault == "brace":
        raise Refused(_("编号格式里有单独的花括号。占位符要写成 {年} 和 {号}。"))
    if fault == "missing":
        raise Refused(_("编号格式里 {年} 和 {号} 都要有，而且各只有一个，例如 东督〔{年}〕{号}号。"))
    same = NoticeSetting.objects.filter(task_list__jurisdiction_id=task_list.jurisdiction_id, pattern=pattern)
    # A row made automatically on issuing has the default pattern; nobody chose it, so it reserves nothing.
    if other := same.exclude(task_list=task_list).filter(version__gt=0).select_related("task_list").first():
        raise Refused(_("“%(list)s”已用这个编号格式，两份清单的文号会重复。请换一个字头。") % {"list": other.task_list})


def _check_beginning(task_list: TaskList, year: int) -> None:
    """Numbers have no gaps and no repeats: once the year's first is given, the starting point is fixed."""
    if issued := Notice.objects.filter(task_list=task_list, year=year).count():
        raise Refused(
            _("%(year)d年已经签发 %(n)d 份通知，纸质文号已用到第几号不能再改，否则会跳号或重号。")
            % {"year": year, "n": issued}
        )


@transaction.atomic
def issue_notices(*, task_list: TaskList, drafts: Sequence[NoticeDraft], by: User, at: dt.datetime) -> list[Notice]:
    """Issue a notice for each draft, in their order, or none at all.

    Each gets the list's next number of the year, the facts as they stand, a reply deadline in working days. An open
    milder notice on the same tasks is escalated into the new one. Refused with the rule: without demands, for a task
    that the unit does not lead or that is closed, beside an open notice of the same level or above, beside a reply
    that waits for its verdict, and beyond the unit's cap for the month unless a reason is given.
    """
    setting = _locked_setting(task_list)
    older = check_drafts(setting, drafts, at=at)
    year = beijing_day(at).year
    serial = last_serial(setting, year)
    issuer, days = issuer_of(by, task_list), exceptions()
    issued = []
    for number, draft in enumerate(drafts, start=1):
        notice = write(
            draft, setting=setting, year=year, serial=serial + number, issuer=issuer, days=days, by=by, at=at
        )
        for milder in older[draft]:
            escalate(milder, into=notice, by=by, at=at)
        record(by=by, at=at, verb="notices.issue", target=notice, after=_facts(notice), reason=draft.override_text)
        telling.issued(notice, at=at)
        issued.append(notice)
    return issued


@transaction.atomic
def receive_notice(*, notice: Notice, by: User, at: dt.datetime) -> Notice:
    """签收: the unit confirms receipt. Once only; a second attempt is told who signed."""
    notice = _locked(notice)
    if notice.received_at:
        raise Refused(
            _("这份通知已由%(by)s于 %(moment)s 签收，不用再签。")
            % {"by": notice.received_by or notice.unit, "moment": telling.moment_text(notice.received_at)}
        )
    before = {"state": notice.state}
    _move(notice, NoticeAct.RECEIVE)
    notice.received_at, notice.received_by = at, by
    notice.save()
    record(by=by, at=at, verb="notices.receive", target=notice, before=before, after={"state": notice.state})
    return notice


@transaction.atomic
def reply_notice(*, notice: Notice, reply_text: str, version: int, by: User, at: dt.datetime) -> NoticeRound:
    """Answer the open round, or correct the answer until it is judged; answering signs for the notice, too.

    `version` is that of the round as the writer saw it: Conflict when a colleague wrote since. The moment of the
    first answer decides whether it was late. Supervisors are told of the first answer of a round.
    """
    notice = _locked(notice)
    newest = notice.rounds.select_for_update().latest("number")
    if not reply_text.strip():
        raise Refused(_("请写明办理情况，督查员要据此评定。"))
    _move(notice, NoticeAct.REPLY)
    if newest.version != version:
        raise Conflict(
            _("您打开页面以后，同事已经修改过回复。下面是现在的回复，您写的内容还在，请合并后再提交。"),
            theirs={newest.pk: newest},
        )
    before = {"text": newest.reply_text} if newest.replied_at else {}
    first = newest.replied_at is None
    newest.reply_text = reply_text.strip()
    newest.version += 1
    newest.replied_by = by
    if first:
        newest.replied_at = at
    else:
        newest.corrected_at = at
    newest.fold()
    newest.save()
    if notice.received_at is None:
        notice.received_at, notice.received_by = at, by
    notice.save()
    after = {"text": newest.reply_text, "late": newest.is_late}
    record(by=by, at=at, verb="notices.reply", target=notice, before=before, after=after)
    if first:
        suppress(topic=telling.topic_of(notice), at=at)
        telling.replied(notice, newest, at=at)
    return newest


@transaction.atomic
def attach_file(*, round_: NoticeRound, name: str, content: bytes, by: User, at: dt.datetime) -> NoticeFile:
    """Keep a file as evidence of a reply, until the reply is judged. Raises Refused as storing does."""
    notice, newest = _open_round(round_)
    kept = keep(beside=newest.files.all(), name=name, content=content, folder="notices", by=by, at=at)
    stored = NoticeFile.objects.create(round=newest, **kept)
    record(by=by, at=at, verb="notices.attach_file", target=notice, after=_file_facts(stored))
    return stored


@transaction.atomic
def remove_file(*, stored: NoticeFile, by: User, at: dt.datetime) -> None:
    """Take a file back while the reply is not judged; the log keeps its name and digest."""
    notice, _newest = _open_round(stored.round)
    record(by=by, at=at, verb="notices.remove_file", target=notice, before=_file_facts(stored))
    drop(stored)


def _open_round(round_: NoticeRound) -> tuple[Notice, NoticeRound]:
    notice = _locked(Notice(pk=round_.notice_id))
    newest = notice.rounds.latest("number")
    if newest.pk != round_.pk or rules.after(notice.state, NoticeAct.REPLY) is None:
        raise Refused(_("这一轮回复%(state)s，材料不能再增减。") % {"state": notice.get_state_display()})
    return notice, newest


@transaction.atomic
def judge_notice(*, notice: Notice, closed: bool, judge_text: str, workdays: int, by: User, at: dt.datetime) -> Notice:
    """办结, or 退办 with a reason and a new deadline in `workdays` working days; the unit is told.

    Every round stays with its answer and its verdict.
    """
    notice = _locked(notice)
    newest = notice.rounds.select_for_update().latest("number")
    judge_text = judge_text.strip()
    if not closed and not judge_text:
        raise Refused(_("退办时请写明理由，单位要据此重新办理。"))
    if not closed and not 1 <= workdays <= 60:
        raise Refused(_("退办的回复期限请填 1 到 60 个工作日。"))
    before = {"state": notice.state}
    _move(notice, NoticeAct.CLOSE if closed else NoticeAct.SEND_BACK)
    newest.verdict = Verdict.CLOSED if closed else Verdict.RETURNED
    newest.judged_at, newest.judged_by, newest.judge_text = at, by, judge_text
    newest.fold()
    newest.save()
    if closed:
        notice.ended_at, notice.ended_by = at, by
    else:
        notice.due_at = rules.reply_due(at=at, workdays=workdays, exceptions=exceptions())
        NoticeRound.objects.create(
            notice=notice, number=newest.number + 1, opened_at=at, workdays=workdays, due_at=notice.due_at
        )
    notice.save()
    after = {"state": notice.state, "due_at": notice.due_at, "round": newest.number}
    record(by=by, at=at, verb="notices.judge", target=notice, before=before, after=after, reason=judge_text)
    telling.judged(notice, newest, at=at)
    return notice


@transaction.atomic
def withdraw_notice(*, notice: Notice, reason: str, by: User, at: dt.datetime) -> Notice:
    """撤销, with the reason; the number stays used. The unit is told, what still waits to be sent is not."""
    notice = _locked(notice)
    if not reason.strip():
        raise Refused(_("请写明撤销理由，单位会看到，文号保留不再使用。"))
    before = {"state": notice.state}
    _move(notice, NoticeAct.WITHDRAW)
    notice.ended_at, notice.ended_by, notice.end_text = at, by, reason.strip()
    notice.save()
    record(
        by=by, at=at, verb="notices.withdraw", target=notice,
        before=before, after={"state": notice.state}, reason=notice.end_text,
    )  # fmt: skip
    suppress(topic=telling.topic_of(notice), at=at)
    telling.withdrawn(notice, at=at)
    return notice


def _locked(notice: Notice) -> Notice:
    found = Notice.objects.select_for_update(of=("self",))
    return found.select_related("unit", "task_list", "received_by").get(pk=notice.pk)


def _move(notice: Notice, act: NoticeAct) -> None:
    """To the state that the act leads to; refused where it may not be done."""
    state = rules.after(notice.state, act)
    if state is None:
        raise Refused(
            _("%(notice)s%(state)s，不能%(act)s。请刷新页面查看最新情况。")
            % {"notice": notice.number, "state": NoticeState(notice.state).label, "act": act.label}
        )
    notice.state = state


def _facts(notice: Notice) -> dict[str, object]:
    return {
        "number": notice.number,
        "unit": notice.unit_name,
        "level": notice.level,
        "tasks": [part.task.no for part in notice.parts.select_related("task")],
        "due_at": notice.due_at,
    }


def _file_facts(stored: NoticeFile) -> dict[str, object]:
    return {**stored.facts, "round": stored.round.number}
