"""How a request (延期, 销号) stops waiting: granted, refused, taken back, or left without a subject."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.supervision.choices import ClosureStatus, ExtensionStatus
from tasks_app.supervision.models import Closure, Extension


def end_request(
    request: Extension | Closure,
    status: ExtensionStatus | ClosureStatus,
    text: str,
    *,
    by: User,
    at: dt.datetime,
    was: Mapping[str, Any] | None = None,
    becomes: Mapping[str, Any] | None = None,
) -> None:
    """Store how the request ended and record it; `was` and `becomes` stand in the event beside the status.

    Called inside the transaction of the act, with the request locked and the step allowed.
    """
    act = "withdraw" if status in (ExtensionStatus.WITHDRAWN, ClosureStatus.WITHDRAWN) else "decide"
    before = request.status
    request.status = status
    request.decided_at, request.decided_by, request.decision_text = at, by, text.strip()
    request.save()
    record(
        by=by,
        at=at,
        verb=f"supervision.{act}_{request._meta.model_name}",
        target=request,
        before={"status": before, **(was or {})},
        after={"status": status, **(becomes or {})},
        reason=request.decision_text,
    )
