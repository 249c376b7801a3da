"""A notice as an official document: all of it from what was frozen when it was issued."""

import datetime as dt

from django.utils.translation import gettext as _

from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.lib.dates import beijing_day
from tasks_app.notices.choices import NoticeLevel, NoticeState
from tasks_app.notices.models import Notice, NoticeTask
from tasks_app.notices.queries import long_day, long_moment
from tasks_app.paper.documents import OfficialDocument
from tasks_app.progress.choices import Light

# Proportions of the columns: number, task, deadline, progress, state, last report.
WIDTHS = (1, 4.2, 2.2, 1.9, 3, 2.4)


@in_the_language_of_the_house
def docx_of(notice: Notice) -> bytes:
    """The .docx in the layout of GB/T 9704; a withdrawn notice says so above its text."""
    issued_on = beijing_day(notice.issued_at)
    document = OfficialDocument(issuer_mark=notice.head_text, number=notice.number, title=notice.title)
    document.addressee(notice.unit_name)
    if notice.state == NoticeState.WITHDRAWN and notice.ended_at:
        words = {"moment": long_moment(notice.ended_at), "reason": notice.end_text}
        document.paragraph(_("（本通知已于%(moment)s撤销，不再办理。理由：%(reason)s）") % words)
    document.paragraph(opening(notice))
    document.heading(_("一、督办事项"))
    parts = list(notice.parts.order_by("order", "pk"))
    document.table(
        [_("序号"), _("任务"), _("完成时限"), _("进度/序时"), _("状态与原因"), _("最近报送")],
        [_cells(part) for part in parts],
        widths=WIDTHS,
        numeric=(0, 3),
    )
    document.heading(_("二、办理要求"))
    document.paragraph(notice.demands_text)
    document.heading(_("三、回复期限"))
    document.paragraph(closing(notice))
    document.signature(notice.issuer, issued_on)
    coordinator = notice.task_list.coordinating_unit
    copies_to = "" if coordinator.pk == notice.unit_id else coordinator.name
    document.imprint(copies_to, notice.issuer, issued_on)
    return document.to_bytes()


@in_the_language_of_the_house
def opening(notice: Notice) -> str:
    """The first paragraph: on which list, and what is done."""
    act = {
        NoticeLevel.REMINDER: _("现予提醒"),
        NoticeLevel.ORDER: _("现予督办"),
        NoticeLevel.RED: _("现予挂牌督办"),
    }[NoticeLevel(notice.level)]
    words = {
        "list": notice.task_list.title,
        "number": notice.task_list.document.number,
        "day": long_day(beijing_day(notice.issued_at)),
        "act": act,
    }
    return _("根据《%(list)s》（%(number)s）截至%(day)s的进展，你单位牵头的下列任务未达到要求，%(act)s。") % words


@in_the_language_of_the_house
def closing(notice: Notice) -> str:
    """Until when the first reply is due, and what follows if it is not."""
    first = notice.rounds.earliest("number")
    words = {"moment": long_moment(first.due_at), "n": first.workdays}
    return (
        _(
            "请收到后及时签收，并于%(moment)s前（自签发次日起 %(n)d 个工作日）书面回复办理情况，附佐证材料。"
            "逾期未回复的，将按规定升级督办。"
        )
        % words
    )


def _cells(part: NoticeTask) -> list[str]:
    facts = part.facts
    due = long_day(dt.date.fromisoformat(facts["due_on"])) if facts["due_on"] else _("未规定")
    if facts["days_late"]:
        due += _("（逾期%(n)d天）") % {"n": facts["days_late"]}
    expected = "—" if facts["expected"] is None else f"{facts['expected']}%"
    last = facts["last_round"] or _("尚无")
    if facts["last_percent"] is not None:
        last += _("，报%(percent)s%%") % {"percent": facts["last_percent"]}
    return [
        facts["no"],
        f"{facts['headline']}\n{facts['content']}",
        due,
        f"{facts['progress']}%/{expected}",
        f"{Light(facts['light']).label}：{facts['reason']}",
        last,
    ]
