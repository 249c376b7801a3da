"""Per-request facts: a request number for error messages, and the viewer."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from tasks_app.accounts.models import User
from tasks_app.accounts.permissions import Viewer, viewer_of

Answer = Callable[[HttpRequest], HttpResponse]


def request_id(get_response: Answer) -> Answer:
    """Give each request a short number that stands on error pages and in the response's headers."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex[:8].upper()
        response = get_response(request)
        response["X-Request-ID"] = request.request_id
        return response

    return answer


def viewer(get_response: Answer) -> Answer:
    """Attach `request.viewer`, read from the database when first asked for."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.viewer = SimpleLazyObject(lambda: _viewer(request))
        return get_response(request)

    return answer


def _viewer(request: HttpRequest) -> Viewer:
    user = request.user
    return viewer_of(user) if isinstance(user, User) else Viewer(user=User())
