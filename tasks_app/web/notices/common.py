"""What the pages of notices share: the notice of an address, refusals, marks for templates."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from tasks_app.accounts.permissions import can_supervise
from tasks_app.notices.models import Notice
from tasks_app.web.shared.http import Request


def found(request: Request, pk: int) -> Notice:
    """The notice of the address; 404 for those who may not know of it."""
    notices = Notice.objects.visible_to(request.viewer).select_related(
        "unit", "task_list__document", "task_list__coordinating_unit", "issued_by", "received_by", "ended_by",
        "escalated_to",
    )  # fmt: skip
    return get_object_or_404(notices, pk=pk)


def may_judge(request: Request, notice: Notice) -> bool:
    return can_supervise(request.viewer, jurisdiction_id=notice.task_list.jurisdiction_id)


def supervisors_only() -> PermissionDenied:
    return PermissionDenied(_("督办通知由本辖区的督查员签发、评定和撤销。您可以在这里查看办理情况。"))
