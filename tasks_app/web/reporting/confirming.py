"""配合事项确认: what leads reported on tasks that this unit assists, and this unit's word on it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import confirming_units
from tasks_app.confirming.actions import confirm
from tasks_app.confirming.choices import Answer
from tasks_app.confirming.queries import questions_for
from tasks_app.lib.errors import Refused
from tasks_app.web.shared.http import Request


@never_cache
@require_safe
def confirmations(request: Request) -> HttpResponse:
    """Everything that this person's units are asked about: unanswered first."""
    return _page(request)


def _page(request: Request, *, refused: str = "", typed: dict[str, str] | None = None) -> HttpResponse:
    questions = questions_for(request.viewer, at=clock.now())
    context = {
        "waiting": [question for question in questions if question.confirmation is None],
        "answered": [question for question in questions if question.confirmation],
        "answers": Answer.choices,
        "liaison": bool(confirming_units(request.viewer)),
        "refused": refused,
        "typed": typed or {},
    }
    return render(request, "reporting/confirmations.html", context, status=409 if refused else 200)


@require_POST
def confirmation(request: Request, pk: int) -> HttpResponse:
    """POST `unit`, `answer`, `reason`. 404 for what none of this person's units is asked about."""
    at = clock.now()
    unit = request.POST.get("unit", "")
    question = next(
        (q for q in questions_for(request.viewer, at=at, version_id=pk) if unit in ("", str(q.unit.pk))), None
    )
    if question is None:
        raise Http404
    answer, reason = request.POST.get("answer", ""), request.POST.get("reason", "")[:1000]
    try:
        if answer not in Answer.values:
            raise Refused(_("请先选“属实”“有异议”或“未参与”。"))
        confirm(
            version=question.version,
            unit=question.unit,
            answer=Answer(answer),
            reason=reason,
            by=request.user,
            at=at,
        )
    except Refused as refused:
        typed = {"pk": str(pk), "unit": str(question.unit.pk), "answer": answer, "reason": reason}
        return _page(request, refused=str(refused), typed=typed)
    messages.success(
        request,
        _("第 %(no)s 项已记“%(answer)s”。") % {"no": question.entry.task.no, "answer": Answer(answer).label},
    )
    return redirect(reverse("confirmations"))
