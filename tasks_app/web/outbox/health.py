"""The state of the background processes, for monitoring: no names, no texts of messages."""

import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from tasks_app import clock
from tasks_app.outbox import queries


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether the machinery turns: 503 when beat, worker or sender is silent, messages pile up,
    or one kind of reminder fails in each round.

    Numbers only: monitoring need not know whom we write to.
    """
    try:
        state = queries.health(at=clock.now())
    except DatabaseError:
        return JsonResponse({"status": "failing", "database": "unreachable"}, status=503)
    answer = {
        "status": "ok" if state.well else "failing",
        "database": "reachable",
        "silent": list(state.silent),
        "seconds_since": {name: None if age is None else round(age) for name, age in state.ages.items()},
        "oldest_unsent_seconds": round(state.oldest_unsent),
        "dead_letters": state.dead_letters,
        "round_failures": state.broken,
    }
    return JsonResponse(answer, status=200 if state.well else 503)


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus: this machine may ask, others with the token; to anybody else there is no such page."""
    token = settings.METRICS_TOKEN
    known = bool(token) and secrets.compare_digest(
        request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()
    )
    # Behind a proxy on this machine everybody comes from here, and says so by a header.
    local = request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1") and "X-Forwarded-For" not in request.headers
    if not (known or local):
        raise Http404
    return HttpResponse(queries.metrics(at=clock.now()), content_type="text/plain; version=0.0.4; charset=utf-8")
