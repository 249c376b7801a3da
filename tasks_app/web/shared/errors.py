"""Pages for what went wrong, in Chinese, each with the request's number.

A view that refuses raises `PermissionDenied(sentence)`; the page for it is made here, in one place.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tasks_app.lib.errors import Refused

# The frame of the other pages, with navigation and search, for what does not keep the site from working.
FRAME = "base.html"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old: nothing was saved; what was typed is shown to be copied."""
    return _page(request, "403_csrf.html", 403, frame=FRAME, words=typed_words(request))


def signed_out(request: HttpRequest, login: str) -> HttpResponse:
    """A form came after the sign-in had ended: nothing was saved; what was typed is shown to be copied."""
    return _page(request, "401.html", 401, words=typed_words(request), login=login)


def typed_words(request: HttpRequest) -> list[str]:
    """The sentences in a form: what has a space or a character beyond ASCII. Never a password, nor what
    another site makes a browser send.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return []
    texts = [text.strip() for name, found in request.POST.lists() if "password" not in name for text in found]
    return [text for text in texts if " " in text or not text.isascii()]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The rule that says no, as the view words it; without a sentence, whom to ask."""
    return _page(request, "403.html", 403, frame=FRAME, refusal=str(exception))


def answered(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """What a view raises as an answer: no permission, or an act refused by a rule that the view does not show itself.

    Answered before Django takes it for a fault and writes a traceback: a refusal is one line in the log.
    """
    if isinstance(exception, PermissionDenied):
        return forbidden(request, exception)
    if isinstance(exception, Refused):
        return _page(request, "409.html", 409, frame=FRAME, refusal=str(exception))
    return None


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "404.html", 404, frame=FRAME)


def not_allowed(request: HttpRequest) -> HttpResponse:
    """The address exists, but is only written to (or only read)."""
    return _page(request, "405.html", 405, frame=FRAME)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the context processors, which may be what failed."""
    return _page(None, "500.html", 500, getattr(request, "request_id", ""))


def _page(
    request: HttpRequest | None, template: str, status: int, request_id: str | None = None, **more: Any
) -> HttpResponse:
    number = request_id if request_id is not None else getattr(request, "request_id", "")
    return render(request, template, {"request_id": number, **more}, status=status)
