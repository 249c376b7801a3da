"""The request as our views get it."""

from django.http import HttpRequest

from tasks_app.accounts.models import User
from tasks_app.accounts.permissions import Viewer


class Request(HttpRequest):
    """What `shared.middleware` and the login middleware make of a request; for annotations only."""

    user: User
    viewer: Viewer
    request_id: str
    unread: int
