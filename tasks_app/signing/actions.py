"""The unit head's signature before the month is handed in, where the list's rule asks for it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership, User
from tasks_app.audit.actions import record
from tasks_app.audit.traces import trace
from tasks_app.lib.errors import Refused
from tasks_app.reporting import rules
from tasks_app.reporting.choices import SignState
from tasks_app.reporting.models import MonthlyReport
from tasks_app.reporting.queries import must_be_signed
from tasks_app.signing import telling


@transaction.atomic
def ask_signature(*, report: MonthlyReport, by: User, at: dt.datetime) -> MonthlyReport:
    """The liaison puts the finished month before the unit's head, who is told.

    Raises Refused where the rule asks for no signature, when something is still missing, or when the
    unit has nobody who could sign.
    """
    report = _locked(report)
    if not must_be_signed(report):
        raise Refused(_("本清单不要求单位负责人签批，填完可以直接提交。"))
    if report.sign_state in {SignState.ASKED, SignState.SIGNED}:
        raise Refused(_("这份月报%(state)s，不用再送。") % {"state": report.get_sign_state_display()})
    entries = [entry for entry in report.entries.select_related("task") if entry.status in rules.EDITABLE]
    if not entries:
        raise Refused(_("%(report)s已经报送，没有待签批的内容。") % {"report": report})
    incomplete = [e.task.no for e in entries if rules.missing_fields(percent=e.percent, done_text=e.done_text)]
    if incomplete:
        raise Refused(_("第 %(numbers)s 项还没有填完，填完再送签。") % {"numbers": "、".join(incomplete)})
    heads = list(Membership.objects.in_force().filter(role=Role.HEAD, unit_id=report.unit_id).select_related("user"))
    if not heads:
        raise Refused(_("%(unit)s还没有“单位负责人”账号，请联系管理员设置后再送签。") % {"unit": report.unit})
    _move(report, SignState.ASKED, note="")
    event = record(by=by, at=at, verb="signing.ask", target=report, after={"entries": len(entries)})
    telling.asked(report, [head.user for head in heads], entries=len(entries), event=event.pk, at=at)
    return report


@transaction.atomic
def sign(*, report: MonthlyReport, by: User, at: dt.datetime) -> MonthlyReport:
    """The head agrees: the liaison may hand in. A change of words afterwards takes the signature back."""
    report = _locked(report)
    _check_asked(report)
    _move(report, SignState.SIGNED, note="", by=by, at=at)
    record(by=by, at=at, verb="signing.sign", target=report)
    telling.signed(report, at=at)
    return report


@transaction.atomic
def refuse_signature(*, report: MonthlyReport, note: str, by: User, at: dt.datetime) -> MonthlyReport:
    """The head sends the month back to the liaison, with what is to be changed."""
    report = _locked(report)
    _check_asked(report)
    if not note.strip():
        raise Refused(_("请写明要改什么，联络员要据此修改。"))
    _move(report, SignState.REFUSED, note=note.strip(), by=by, at=at)
    # The head's words on a draft stay within the unit, like the draft itself.
    record(by=by, at=at, verb="signing.refuse", target=report, after=trace({"note": note.strip()}))
    telling.refused(report, note.strip(), at=at)
    return report


def _locked(report: MonthlyReport) -> MonthlyReport:
    reports = MonthlyReport.objects.select_for_update(of=("self",))
    return reports.select_related("unit", "period__task_list").get(pk=report.pk)


def _check_asked(report: MonthlyReport) -> None:
    if report.sign_state != SignState.ASKED:
        raise Refused(
            _("这份月报现在是“%(state)s”，没有要签批的。内容改动过的，要由联络员重新送签。")
            % {"state": report.get_sign_state_display()}
        )


def _move(
    report: MonthlyReport, state: SignState, *, note: str, by: User | None = None, at: dt.datetime | None = None
) -> None:
    report.sign_state, report.sign_note, report.sign_by, report.sign_at = state, note, by, at
    report.save(update_fields=["sign_state", "sign_note", "sign_by", "sign_at"])
