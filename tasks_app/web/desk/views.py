"""工作台: what waits for the person who has just signed in."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tasks_app import clock
from tasks_app.accounts.permissions import (
    administers,
    begins_on_overview,
    coordinates,
    heads,
    reports,
    supervises,
)
from tasks_app.web.desk import administrator, coordinator, head, liaison, overseers
from tasks_app.web.shared.http import Request

# In this order a person with several roles sees the parts: what I owe before what others owe.
PARTS = (
    (reports, "liaison", liaison.read),
    (heads, "head", head.read),
    (coordinates, "coordinator", coordinator.read),
    (supervises, "supervisor", overseers.read_supervisor),
    (administers, "administrator", administrator.read),
)


@require_safe
def desk(request: Request) -> HttpResponse:
    """The parts of the roles that the person holds, each read only when it is shown; who only leads begins on the
    overview.
    """
    if begins_on_overview(request.viewer):
        return redirect("leader")
    at = clock.now()
    parts: dict[str, Any] = {name: read(request.viewer, at) for holds, name, read in PARTS if holds(request.viewer)}
    return render(request, "desk/desk.html", {**parts, "has_parts": bool(parts)})


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether this process answers and reaches its database: 200 or 503, with no further details."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "error", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "reachable"})
