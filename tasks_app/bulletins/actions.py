"""What is done to a bulletin: drafted, edited, bound to newer figures, sent for approval, decided, published,
recalled.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.bulletins import figures, telling, wording
from tasks_app.bulletins.choices import Act, BulletinPart, BulletinState
from tasks_app.bulletins.models import Bulletin, BulletinStyle
from tasks_app.bulletins.queries import facts_of, newest_freeze, round_before, style_of
from tasks_app.bulletins.rules import TRANSITIONS, Fault, faults, may, number_text, pattern_fault
from tasks_app.catalogue.models import TaskList
from tasks_app.closing.models import PeriodSnapshot
from tasks_app.closing.queries import published
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.outbox.actions import suppress
from tasks_app.schedule.models import Period

HEAD_FIELDS = ("title", "addressee", "copies_to")
EDITED_FIELDS = (*HEAD_FIELDS, *BulletinPart.values)


class Unfillable(Refused):
    """Placeholders that cannot be filled in: `faults` by section."""

    def __init__(self, message: str, *, faults: Mapping[BulletinPart, Collection[Fault]]) -> None:
        super().__init__(message)
        self.faults = faults


@transaction.atomic
def save_style(
    *, task_list: TaskList, values: Mapping[str, Any], version: int, by: User, at: dt.datetime
) -> BulletinStyle:
    """Set how a list's bulletins look; drafts that exist keep what they were made with.

    Refused for a pattern of numbers without year or number; Conflict when somebody saved since `version`.
    """
    if lacking := pattern_fault(values["number_pattern"]):
        raise Refused(_("发文字号要有且只有一个“%(part)s”，发布时填入年份和顺序号。") % {"part": lacking})
    TaskList.objects.select_for_update().get(pk=task_list.pk)
    style = style_of(task_list)
    if style.version != version:
        raise Conflict(_("您打开页面以后，别人修改过通报格式。请对照后再保存。"), theirs={task_list.pk: style})
    before = {name: getattr(style, name) for name in values} if style.pk else {}
    for name, value in values.items():
        setattr(style, name, value)
    style.version += 1
    style.save()
    record(by=by, at=at, verb="bulletins.save_style", target=style, before=before, after=dict(values))
    return style


@transaction.atomic
def draft_bulletin(*, period: Period, by: User, at: dt.datetime) -> Bulletin:
    """起草: a draft in standing words, bound to the newest freeze of a closed round.

    Refused for a round that is not closed, or that has a bulletin in force. One drafted after a recall replaces
    the recalled one.
    """
    period = Period.objects.select_for_update(of=("self",)).select_related("task_list").get(pk=period.pk)
    snapshot = published(period)
    if snapshot is None:
        raise Refused(_("%(period)s还没有关账，没有可以公布的数字。请先关账再起草通报。") % {"period": period})
    earlier = Bulletin.objects.filter(period=period)
    if earlier.exclude(state=BulletinState.RECALLED).exists():
        raise Refused(_("%(period)s已有通报，不用再起草。") % {"period": period})
    before, style = round_before(snapshot), style_of(period.task_list)
    texts = {**wording.TEXTS, **({} if before else {BulletinPart.CHANGES: wording.FIRST_CHANGES})}
    bulletin = Bulletin(
        task_list=period.task_list,
        period=period,
        snapshot=snapshot,
        compared_with=before,
        issuer_mark=style.issuer_mark,
        issuer=style.issuer,
        title=wording.TITLE.format(list=period.task_list.title, round=period.name)[:200],
        addressee=style.addressee,
        copies_to=style.copies_to,
        replaces=earlier.order_by("-recalled_at").first(),
        drafted_at=at,
        drafted_by=by,
        saved_at=at,
        saved_by=by,
        **{part.value: text for part, text in texts.items()},
    )
    bulletin.fold()
    bulletin.save()
    record(by=by, at=at, verb="bulletins.draft", target=bulletin, after={"freeze": str(snapshot)})
    return bulletin


@transaction.atomic
def save_bulletin(
    *, bulletin: Bulletin, values: Mapping[str, str], version: int, by: User, at: dt.datetime
) -> Bulletin:
    """Keep edited words (EDITED_FIELDS); writes nothing when nothing differs.

    Unfillable for a placeholder that is no figure; Conflict when somebody saved since `version`.
    """
    bulletin = _locked(bulletin, Act.EDIT, None)
    changed = {name: text for name, text in values.items() if getattr(bulletin, name) != text}
    if not changed:
        return bulletin
    if bulletin.version != version:
        raise Conflict(
            _("您打开页面以后，%(who)s保存过这份通报。下面对照列出两人的文字，请合并后再保存。")
            % {"who": bulletin.saved_by or _("别人")},
            theirs={bulletin.pk: {name: getattr(bulletin, name) for name in EDITED_FIELDS}},
        )
    _refuse_unfillable(bulletin, {part: values.get(part.value, text) for part, text in bulletin.texts.items()})
    before = {name: getattr(bulletin, name) for name in changed}
    for name, text in changed.items():
        setattr(bulletin, name, text)
    bulletin.saved_at, bulletin.saved_by = at, by
    _save(bulletin)
    record(by=by, at=at, verb="bulletins.save", target=bulletin, before=before, after=changed)
    return bulletin


def _refuse_unfillable(bulletin: Bulletin, texts: Mapping[BulletinPart, str]) -> None:
    facts = facts_of(bulletin.task_list, bulletin.snapshot, bulletin.compared_with)
    inline, blocks = figures.inline(facts), figures.blocks(facts)
    found = {part: faults(text, inline=inline, blocks=blocks) for part, text in texts.items()}
    found = {part: each for part, each in found.items() if each}
    if found:
        raise Unfillable(_("有填不了的数字，没有保存。请按各处的提示更正。"), faults=found)


@transaction.atomic
def rebind_bulletin(*, bulletin: Bulletin, version: int, by: User, at: dt.datetime) -> Bulletin:
    """Bind a draft to the newest freeze of its round: the words stay, every figure is counted again."""
    bulletin = _locked(bulletin, Act.REBIND, version)
    newer = newest_freeze(bulletin)
    if newer is None:
        raise Refused(_("这份通报用的已经是最新的公布数字。"))
    before = {"freeze": str(bulletin.snapshot), "compared_with": str(bulletin.compared_with or "")}
    bulletin.snapshot, bulletin.compared_with = newer, round_before(newer)
    _save(bulletin)
    after = {"freeze": str(newer), "compared_with": str(bulletin.compared_with or "")}
    record(by=by, at=at, verb="bulletins.rebind", target=bulletin, before=before, after=after)
    return bulletin


@transaction.atomic
def submit_bulletin(*, bulletin: Bulletin, version: int, by: User, at: dt.datetime) -> Bulletin:
    """送审: the words cannot change until it is decided. Supervisors and leaders are told.

    Refused when there is a newer freeze of the figures.
    """
    bulletin = _locked(bulletin, Act.SUBMIT, version)
    _refuse_outdated(bulletin)
    _refuse_unfillable(bulletin, bulletin.texts)
    bulletin.submitted_at, bulletin.submitted_by = at, by
    bulletin.decided_at, bulletin.decided_by, bulletin.opinion = None, None, ""
    before, after = _move(bulletin, Act.SUBMIT)
    record(by=by, at=at, verb="bulletins.submit", target=bulletin, before=before, after=after)
    telling.submitted(bulletin, by=by, at=at)
    return bulletin


@transaction.atomic
def withdraw_bulletin(*, bulletin: Bulletin, version: int, by: User, at: dt.datetime) -> Bulletin:
    """Take back what was sent for approval, or approved and not published: it is a draft again and needs a new
    approval.
    """
    bulletin = _locked(bulletin, Act.WITHDRAW, version)
    # An approval is valid only for the text it was given for.
    bulletin.decided_at, bulletin.decided_by, bulletin.opinion = None, None, ""
    suppress(topic=telling.topic_of(bulletin), at=at)
    before, after = _move(bulletin, Act.WITHDRAW)
    record(by=by, at=at, verb="bulletins.withdraw", target=bulletin, before=before, after=after)
    return bulletin


@transaction.atomic
def decide_bulletin(
    *, bulletin: Bulletin, granted: bool, opinion: str, version: int, by: User, at: dt.datetime
) -> Bulletin:
    """Approve, or send back with the reason. Nobody decides on their own text; whoever sent it for approval is told."""
    act = Act.APPROVE if granted else Act.SEND_BACK
    bulletin = _locked(bulletin, act, version)
    if by.pk in bulletin.writer_ids:
        raise Refused(_("起草、送审的人不能审批自己的通报，请由另一位督查员或领导审批。"))
    if granted:
        _refuse_outdated(bulletin)
    elif not opinion.strip():
        raise Refused(_("退回时请写明要改什么，起草人要据此修改。"))
    bulletin.decided_at, bulletin.decided_by, bulletin.opinion = at, by, opinion.strip()
    suppress(topic=telling.topic_of(bulletin), at=at)
    before, after = _move(bulletin, act)
    record(by=by, at=at, verb=f"bulletins.{act}", target=bulletin, before=before, after=after, reason=bulletin.opinion)
    telling.decided(bulletin, granted=granted, at=at)
    return bulletin


@transaction.atomic
def publish_bulletin(*, bulletin: Bulletin, version: int, by: User, at: dt.datetime) -> Bulletin:
    """发布 under the list's next number of the year; everybody whom it concerns is told."""
    # Numbers have no gaps: they are given one after the other, and only on publishing.
    TaskList.objects.select_for_update().get(pk=bulletin.task_list_id)
    bulletin = _locked(bulletin, Act.PUBLISH, version)
    _refuse_outdated(bulletin)
    year = beijing_day(at).year
    taken = Bulletin.objects.filter(task_list_id=bulletin.task_list_id, number_year=year)
    number = (taken.aggregate(last=Max("number_seq"))["last"] or 0) + 1
    bulletin.number_year, bulletin.number_seq = year, number
    bulletin.number = number_text(style_of(bulletin.task_list).number_pattern, year=year, number=number)
    bulletin.published_at, bulletin.published_by = at, by
    before, after = _move(bulletin, Act.PUBLISH)
    record(by=by, at=at, verb="bulletins.publish", target=bulletin, before=before, after=after)
    telling.published(bulletin, at=at)
    return bulletin


@transaction.atomic
def recall_bulletin(*, bulletin: Bulletin, note: str, version: int, by: User, at: dt.datetime) -> Bulletin:
    """撤回 with a note that stands on it from then on; it keeps its number and stays readable."""
    if not note.strip():
        raise Refused(_("请写明撤回的原因，它会印在通报上，各单位都看得到。"))
    bulletin = _locked(bulletin, Act.RECALL, version)
    bulletin.recalled_at, bulletin.recalled_by, bulletin.recall_note = at, by, note.strip()
    suppress(topic=telling.topic_of(bulletin), at=at)
    before, after = _move(bulletin, Act.RECALL)
    record(
        by=by, at=at, verb="bulletins.recall", target=bulletin, before=before, after=after, reason=bulletin.recall_note
    )
    telling.recalled(bulletin, at=at)
    return bulletin


@transaction.atomic
def discard_bulletin(*, bulletin: Bulletin, version: int, by: User, at: dt.datetime) -> None:
    """Delete a draft; what it said stays in the log."""
    bulletin = _locked(bulletin, Act.DISCARD, version)
    before = {name: getattr(bulletin, name) for name in EDITED_FIELDS}
    record(by=by, at=at, verb="bulletins.discard", target=bulletin, before=before)
    bulletin.delete()


def _locked(bulletin: Bulletin, act: Act, version: int | None) -> Bulletin:
    """The row, locked for writing, if the act is allowed now and nobody changed the bulletin since `version`."""
    rows = Bulletin.objects.select_for_update(of=("self",)).select_related(
        "task_list__jurisdiction", "task_list__coordinating_unit", "period", "snapshot__period",
        "compared_with__period", "submitted_by", "saved_by",
    )  # fmt: skip
    found = rows.filter(pk=bulletin.pk).first()
    if found is None:
        raise Refused(_("这份草稿已被删除。"))
    if not may(act, found.state):
        raise Refused(
            _("通报现在是“%(state)s”，不能%(act)s。请刷新后再看。")
            % {"state": found.get_state_display(), "act": act.label}
        )
    if version is not None and found.version != version:
        raise Conflict(_("您打开页面以后，这份通报有改动。请看过现在的内容再办理。"), theirs={found.pk: found.texts})
    return found


def _refuse_outdated(bulletin: Bulletin) -> None:
    newer: PeriodSnapshot | None = newest_freeze(bulletin)
    if newer is not None:
        raise Refused(
            _("%(period)s重新关过账，公布数字已有第 %(n)d 版。请退回草稿，换用新的公布数字后再办理。")
            % {"period": bulletin.period, "n": newer.version}
        )


def _save(bulletin: Bulletin) -> None:
    bulletin.version += 1
    bulletin.fold()
    bulletin.save()


def _move(bulletin: Bulletin, act: Act) -> tuple[dict[str, str], dict[str, str]]:
    """Move the bulletin to the state that follows the act; returns what the log records, before and after."""
    before, follows = bulletin.state, TRANSITIONS[act][1]
    bulletin.state = follows or before
    _save(bulletin)
    after = {"state": bulletin.state, "number": bulletin.number, "freeze": str(bulletin.snapshot)}
    return {"state": before}, after
