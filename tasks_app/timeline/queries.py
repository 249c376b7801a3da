"""Everything that happened to one task, in order, each with who and when; as far as a person may know of it."""

import datetime as dt
from collections.abc import Iterator
from itertools import chain

from django.utils.translation import gettext as _

from tasks_app.accounts.permissions import Viewer
from tasks_app.audit.models import Event
from tasks_app.catalogue.models import Task
from tasks_app.inspection.choices import ReplyKind
from tasks_app.inspection.models import Instruction, SpotCheck
from tasks_app.lib.dates import at_beijing
from tasks_app.notices.models import Notice
from tasks_app.progress.choices import Light
from tasks_app.supervision.choices import ClosureStatus, ExtensionStatus
from tasks_app.supervision.models import Closure, Extension
from tasks_app.supervision.telling import day_words
from tasks_app.timeline.choices import Kind
from tasks_app.timeline.happenings import Happening, name_of
from tasks_app.timeline.reports import report_happenings

LIGHT_CSS = {Light.RED: "late", Light.YELLOW: "warn", Light.GREEN: "ok", Light.BLUE: "ok", Light.GREY: ""}
# Acts of the catalogue that change what a task is; a deadline moved by an extension is told by the extension.
LIST_VERBS = (
    "catalogue.change_task", "catalogue.retire_task", "catalogue.restore_task", "progress.set_milestones",
)  # fmt: skip


def timeline_of(task: Task, viewer: Viewer, at: dt.datetime) -> list[Happening]:
    """The newest first; a constant number of queries. Each source is read as its own room allows this person."""
    found = chain(
        report_happenings(task, viewer, at),
        _lights(task),
        _notices(task, viewer),
        _instructions(task, viewer),
        _checks(task, viewer),
        _extensions(task, viewer),
        _closures(task, viewer),
        _changes(task),
    )
    return sorted(found, key=lambda one: one.at, reverse=True)


def _lights(task: Task) -> Iterator[Happening]:
    """Lights are computed for a whole day: they stand at the end of it."""
    for change in task.light_changes.all():
        after = Light(change.after)
        if change.before:
            words = {"before": Light(change.before).label, "after": after.label}
            title = _("状态由%(before)s变为%(after)s") % words
        else:
            title = _("状态首次评定为%(after)s") % {"after": after.label}
        end = at_beijing(change.on, dt.time(23, 59, 59))
        yield Happening(end, Kind.LIGHT, title, change.reason_text, css=LIGHT_CSS[after], whole_day=True)


def _notices(task: Task, viewer: Viewer) -> Iterator[Happening]:
    notices = Notice.objects.visible_to(viewer).filter(parts__task=task).distinct()
    people = ("issued_by", "ended_by", "received_by", "escalated_to")
    for notice in notices.select_related(*people).prefetch_related("rounds__replied_by", "rounds__judged_by"):
        page = ("notice", notice.pk)
        css = "late" if notice.mark.css == "late" else "warn"
        title = _("%(level)s%(number)s发给%(unit)s") % {
            "level": notice.get_level_display(), "number": notice.number, "unit": notice.unit_name,
        }  # fmt: skip
        yield Happening(notice.issued_at, Kind.NOTICE, title, notice.demands_text, name_of(notice.issued_by), css, page)
        for turn in notice.rounds.all():
            if turn.replied_at:
                title = _("%(unit)s回复%(number)s") % {"unit": notice.unit_name, "number": notice.number}
                if turn.is_late:
                    title += _("（超期）")
                who = name_of(turn.replied_by)
                yield Happening(
                    turn.replied_at, Kind.NOTICE, title, turn.reply_text, who, "late" if turn.is_late else "ok", page
                )
            if turn.judged_at:
                title = f"{notice.number} {turn.get_verdict_display()}"
                who = name_of(turn.judged_by)
                yield Happening(turn.judged_at, Kind.NOTICE, title, turn.judge_text, who, page=page)
        # Behind the replies: one that signs for the notice, too, stands above it.
        if notice.received_at:
            title = _("%(unit)s签收%(number)s") % {"unit": notice.unit_name, "number": notice.number}
            yield Happening(notice.received_at, Kind.NOTICE, title, who=name_of(notice.received_by), page=page)
        if notice.ended_at and notice.escalated_to:
            words = {"number": notice.number, "notice": notice.escalated_to}
            title = _("%(number)s升级为%(notice)s") % words
            yield Happening(
                notice.ended_at, Kind.NOTICE, title, who=name_of(notice.ended_by), css="late",
                page=("notice", notice.escalated_to.pk),
            )  # fmt: skip
        if notice.ended_at and notice.end_text:
            title = f"{notice.number} {notice.get_state_display()}"
            yield Happening(notice.ended_at, Kind.NOTICE, title, notice.end_text, name_of(notice.ended_by), page=page)


def _instructions(task: Task, viewer: Viewer) -> Iterator[Happening]:
    rows = Instruction.objects.readable_by(viewer).filter(task=task)
    for one in rows.select_related("issued_by", "closed_by").prefetch_related("replies__unit", "replies__by"):
        page = ("instruction", one.pk)
        yield Happening(one.issued_at, Kind.INSTRUCTION, _("领导批示"), one.text, name_of(one.issued_by), "warn", page)
        for reply in one.replies.all():
            answers = reply.kind == ReplyKind.ANSWER
            words = _("%(unit)s回复批示") if answers else _("%(unit)s阅知批示")
            css = "ok" if answers else ""
            title = words % {"unit": reply.unit}
            yield Happening(reply.at, Kind.INSTRUCTION, title, reply.text, name_of(reply.by), css, page)
        if one.closed_at:
            who = name_of(one.closed_by)
            yield Happening(one.closed_at, Kind.INSTRUCTION, _("批示办结"), one.closing_text, who, "ok", page)


def _checks(task: Task, viewer: Viewer) -> Iterator[Happening]:
    rows = SpotCheck.objects.readable_by(viewer).filter(task=task)
    for check in rows.select_related("made_by", "unit").prefetch_related("versions__corrected_by"):
        page = ("spot_check", check.pk)
        title = _("现场核查：%(light)s") % {"light": check.mark.label}
        if check.is_finding:
            title += _("（与测算或自评不一致）")
        text = _("%(day)s，%(place)s。") % {"day": day_words(check.day), "place": check.place} + check.finding
        yield Happening(check.made_at, Kind.CHECK, title, text, name_of(check.made_by), LIGHT_CSS[check.mark], page)
        for version in check.versions.all():
            who = name_of(version.corrected_by)
            yield Happening(version.corrected_at, Kind.CHECK, _("更正现场核查"), version.reason, who, "warn", page)


def _extensions(task: Task, viewer: Viewer) -> Iterator[Happening]:
    readable = set(Extension.objects.readable_by(viewer).filter(task=task).values_list("pk", flat=True))
    for one in task.extensions.select_related("unit", "requested_by", "decided_by"):
        page, reads = ("extension", one.pk), one.pk in readable
        title = _("%(unit)s申请延期至%(day)s") % {"unit": one.unit, "day": day_words(one.asked_due_on)}
        who = name_of(one.requested_by) if reads else ""
        yield Happening(one.requested_at, Kind.EXTENSION, title, one.reason if reads else "", who, "warn", page)
        if one.decided_at:
            title = str(ExtensionStatus(one.status).label)
            if one.new_due_on:
                title = _("同意延期：完成时限由%(old)s改为%(new)s") % {
                    "old": day_words(one.old_due_on), "new": day_words(one.new_due_on),
                }  # fmt: skip
            css = "ok" if one.new_due_on else ""
            text = one.decision_text if reads else ""
            yield Happening(one.decided_at, Kind.EXTENSION, title, text, name_of(one.decided_by), css, page)


def _closures(task: Task, viewer: Viewer) -> Iterator[Happening]:
    readable = set(Closure.objects.readable_by(viewer).filter(task=task).values_list("pk", flat=True))
    for one in task.closures.select_related("unit", "requested_by", "decided_by", "reopened_by"):
        page, reads = ("closure_decide", one.pk), one.pk in readable
        title = _("%(unit)s申请销号") % {"unit": one.unit}
        who = name_of(one.requested_by) if reads else ""
        yield Happening(one.requested_at, Kind.CLOSURE, title, one.evidence_text if reads else "", who, "warn", page)
        if one.decided_at:
            granted = one.status in (ClosureStatus.GRANTED, ClosureStatus.REOPENED)
            title = str((ClosureStatus.GRANTED if granted else ClosureStatus(one.status)).label)
            text, css = one.decision_text if reads else "", "ok" if granted else "late"
            yield Happening(one.decided_at, Kind.CLOSURE, title, text, name_of(one.decided_by), css, page)
        if one.reopened_at:
            title, text = _("撤销销号，任务重新列为未完成"), one.reopen_text if reads else ""
            yield Happening(one.reopened_at, Kind.CLOSURE, title, text, name_of(one.reopened_by), "late", page)


def _changes(task: Task) -> Iterator[Happening]:
    """What an import or a correction made of the deadline and of who leads; milestones; retired, put back in force."""
    for event in Event.objects.filter(target_type="task", target_id=task.pk, verb__in=LIST_VERBS).order_by("pk"):
        titles = []
        if event.verb == "catalogue.retire_task":
            titles.append(_("停用，不再计入统计"))
        elif event.verb == "catalogue.restore_task":
            titles.append(_("恢复使用"))
        elif event.verb == "progress.set_milestones":
            titles.append(_("调整阶段目标") if event.before.get("milestones") else _("设定阶段目标"))
        if "due_on" in event.after:
            words = {"old": event.before.get("due_on") or "—", "new": event.after["due_on"] or "—"}
            titles.append(_("完成时限由 %(old)s 改为 %(new)s") % words)
        for name, words_of in (("lead_units", _("牵头单位由%(old)s改为%(new)s")),
                               ("assist_units", _("配合单位由%(old)s改为%(new)s"))):  # fmt: skip
            if name in event.after:
                old, new = (_joined(values.get(name)) for values in (event.before, event.after))
                titles.append(words_of % {"old": old, "new": new})
        for title in titles:
            yield Happening(event.at, Kind.CHANGE, title, event.reason, event.by_text)


def _joined(names: list[str] | None) -> str:
    return "、".join(names or []) or "—"
