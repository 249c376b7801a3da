"""A person's messages on the site, and the demo's mail."""

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from tasks_app import clock
from tasks_app.outbox import queries
from tasks_app.outbox.actions import mark_read
from tasks_app.outbox.models import Message
from tasks_app.web.shared.http import Request

PAGE_SIZES = {"25": 25, "50": 50, "100": 100, "200": 200}


def messages(request: Request) -> HttpResponse:
    """The person's own messages, unread first, then newest first."""
    page = _page(request, queries.inbox(request.viewer.user.pk))
    mail_url = reverse("demo_mail") if settings.DEMO else ""
    return render(request, "outbox/messages.html", {"page": page, "mail_url": mail_url})


@require_http_methods(["GET", "HEAD", "POST"])
def message(request: Request, pk: int) -> HttpResponse:
    """One message. Opening it by the button (POST) notes it as read and goes on to what it is about.

    A GET changes nothing, because browsers and mail scanners fetch addresses ahead of people.
    """
    own = get_object_or_404(Message.objects.shown_to(request.viewer.user.pk), pk=pk)
    if request.method == "POST":
        mark_read(message=own, at=clock.now())
        if _is_ours(request, own.path):
            return redirect(own.path)
        return redirect("message", pk=own.pk)
    return render(request, "outbox/message.html", {"item": own, "goes_on": _is_ours(request, own.path)})


def demo_mail(request: Request) -> HttpResponse:
    """The e-mails as they would have left the house; exists in the demo only."""
    if not settings.DEMO:
        raise Http404
    page = _page(request, queries.mails())
    return render(request, "outbox/demo_mail.html", {"page": page})


def _page(request: Request, rows: QuerySet[Message]) -> Page[Message]:
    size = PAGE_SIZES.get(request.GET.get("per_page", ""), 25)
    return Paginator(rows, size).get_page(request.GET.get("page"))


def _is_ours(request: Request, path: str) -> bool:
    return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts={request.get_host()})
