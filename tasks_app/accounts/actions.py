"""Writing accounts."""

import datetime as dt

from django.db import models, transaction

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership, User
from tasks_app.audit.actions import record
from tasks_app.units.models import Unit


@transaction.atomic
def add_person(
    *,
    username: str,
    name: str,
    email: str,
    password_hash: str,
    unit: Unit,
    role: Role,
    by: models.Model | None,
    at: dt.datetime,
    is_staff: bool = False,
) -> User:
    """Create a user with one role in one unit. `password_hash` comes from `make_password`."""
    user = User.objects.create(username=username, name=name, email=email, password=password_hash, is_staff=is_staff)
    Membership.objects.create(user=user, unit=unit, role=role)
    record(
        by=by,
        at=at,
        verb="accounts.add_person",
        target=user,
        after={"username": username, "unit": unit.name, "role": role.value},
    )
    return user


@transaction.atomic
def change_password(*, user: User, new_password: str, by: models.Model, at: dt.datetime) -> User:
    """Set a new password, already validated; the log notes the act, never the password."""
    user.set_password(new_password)
    user.save(update_fields=["password"])
    record(by=by, at=at, verb="accounts.change_password", target=user)
    return user
