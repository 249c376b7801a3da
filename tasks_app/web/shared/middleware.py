"""Per-request facts: a request number for error messages, and the viewer."""

import uuid
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import resolve_url
from django.utils.functional import SimpleLazyObject

from tasks_app.accounts.models import User
from tasks_app.accounts.permissions import Viewer, viewer_of
from tasks_app.web.shared import errors
from tasks_app.web.shared.http import Request

Answer = Callable[[Request], HttpResponse]


def request_id(get_response: Answer) -> Answer:
    """Give each request a short number that stands on error pages and in the response's headers."""

    def answer(request: Request) -> HttpResponse:
        request.request_id = uuid.uuid4().hex[:8].upper()
        response = get_response(request)
        response["X-Request-ID"] = request.request_id
        return response

    return answer


def not_allowed(get_response: Answer) -> Answer:
    """Give what is not allowed a page: Django's empty 405, when somebody typed or kept the address of a button, and
    what a view raises as an answer.
    """

    def answer(request: Request) -> HttpResponse:
        response = get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or request.headers.get("HX-Request"):
            return response
        page = errors.not_allowed(request)
        page["Allow"] = response["Allow"]
        return page

    answer.process_exception = errors.answered  # type: ignore[attr-defined]
    return answer


def kept_words(get_response: Answer) -> Answer:
    """Answer a form that comes after the sign-in has ended with its words: a redirect would lose them."""

    def answer(request: Request) -> HttpResponse:
        response = get_response(request)
        to_login = response.status_code == 302 and response["Location"].startswith(
            f"{resolve_url(settings.LOGIN_URL)}?"
        )
        if request.method != "POST" or not to_login or not errors.typed_words(request):
            return response
        return errors.signed_out(request, response["Location"])

    return answer


def no_nul(get_response: Answer) -> Answer:
    """400 to a form with a NUL in it: nobody types one, and PostgreSQL stores none."""

    def answer(request: Request) -> HttpResponse:
        if any("\0" in text for _name, texts in request.POST.lists() for text in texts):
            return errors.bad_request(request, BadRequest())
        return get_response(request)

    return answer


def viewer(get_response: Answer) -> Answer:
    """Attach `request.viewer`, read from the database when first asked for."""

    def answer(request: Request) -> HttpResponse:
        request.viewer = cast(Viewer, SimpleLazyObject(lambda: _viewer(request)))
        return get_response(request)

    return answer


def _viewer(request: Request) -> Viewer:
    """Before sign-in `request.user` is anonymous and holds no role."""
    return viewer_of(request.user) if request.user.is_authenticated else Viewer(user=User())
