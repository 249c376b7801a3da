"""Pages for what went wrong, in Chinese, each with the request's number."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old: nothing was saved; what was typed is shown to be copied."""
    return _page(request, "403_csrf.html", 403, words=typed_words(request))


def signed_out(request: HttpRequest, login: str) -> HttpResponse:
    """A form came after the sign-in had ended: nothing was saved; what was typed is shown to be copied."""
    return _page(request, "401.html", 401, words=typed_words(request), login=login)


def typed_words(request: HttpRequest) -> list[str]:
    """The sentences in a form: what has a space or a character beyond ASCII. Never a password, nor what
    another site makes a browser send."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return []
    texts = [text.strip() for name, found in request.POST.lists() if "password" not in name for text in found]
    return [text for text in texts if " " in text or not text.isascii()]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "404.html", 404)


def not_allowed(request: HttpRequest) -> HttpResponse:
    """The address exists, but is only written to (or only read)."""
    return _page(request, "405.html", 405)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the context processors, which may be what failed."""
    return _page(None, "500.html", 500, getattr(request, "request_id", ""))


def _page(
    request: HttpRequest | None, template: str, status: int, request_id: str | None = None, **more: Any
) -> HttpResponse:
    number = request_id if request_id is not None else getattr(request, "request_id", "")
    return render(request, template, {"request_id": number, **more}, status=status)
