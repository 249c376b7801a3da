"""A person's messages on the site, and the demo's mail."""

from django.conf import settings
from django.contrib import messages as django_messages
from django.core.paginator import Page, Paginator
from django.db.models import Max, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tasks_app import clock
from tasks_app.outbox import queries
from tasks_app.outbox.actions import mark_all_read, mark_read
from tasks_app.outbox.models import Message
from tasks_app.web.shared.http import Request

PAGE_SIZES = {"25": 25, "50": 50, "100": 100, "200": 200}


def messages(request: Request) -> HttpResponse:
    """The person's own messages, unread first, then newest first; ?show=unread leaves the read ones out."""
    rows = queries.inbox(request.viewer.user.pk)
    unread_only = request.GET.get("show") == "unread"
    context = {
        "page": _page(request, rows.filter(read_at=None) if unread_only else rows),
        "unread_only": unread_only,
        "mail_url": reverse("demo_mail") if settings.DEMO else "",
        "last": rows.aggregate(last=Max("pk"))["last"] or 0,
    }
    return render(request, "outbox/messages.html", context)


@require_POST
def messages_read(request: Request) -> HttpResponse:
    """Everything that the page has shown counts as read."""
    last = request.POST.get("last", "")
    # A primary key fits into 18 digits; none of our pages sends anything longer.
    if last.isascii() and last.isdigit() and len(last) <= 18:
        count = mark_all_read(user=request.user, last=int(last), at=clock.now())
        if count:
            said = ngettext("已将 %(n)d 条消息标为已读。", "已将 %(n)d 条消息标为已读。", count)
            django_messages.success(request, said % {"n": count})
    return redirect("messages")


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
