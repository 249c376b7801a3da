"""Keeping a selection, sharing it, opening with it, dropping it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.lib.errors import Refused
from tasks_app.saved.models import DefaultFilter, SavedFilter
from tasks_app.units.models import Jurisdiction

# More than these would not fit a row of links, nor be found in it.
MOST_PER_PERSON = 20


@transaction.atomic
def save_filter(
    *, name: str, query: str, jurisdiction: Jurisdiction, shared: bool = False, by: User, at: dt.datetime
) -> SavedFilter:
    """Keep a selection under a name of its owner's. Refused without a name, with one used already, or beyond
    `MOST_PER_PERSON`.
    """
    name = " ".join(name.split())[:40]
    if not name:
        raise Refused(_("请给这组筛选条件起一个名称。"))
    # The owner's row is locked for the whole collection, so two tabs that save at once are handled one after the other.
    User.objects.select_for_update().get(pk=by.pk)
    own = SavedFilter.objects.filter(owner=by)
    if own.filter(name=name).exists():
        raise Refused(_("您已经有一个名为“%(name)s”的筛选，请换一个名称，或先删除原来的。") % {"name": name})
    if own.count() >= MOST_PER_PERSON:
        raise Refused(_("每人最多保存 %(n)d 组筛选，请先删除不用的。") % {"n": MOST_PER_PERSON})
    saved = SavedFilter.objects.create(
        owner=by, jurisdiction=jurisdiction, name=name, query=query, shared=shared, saved_at=at
    )
    record(by=by, at=at, verb="saved.save", target=saved, after={"name": name, "query": query, "shared": shared})
    return saved


@transaction.atomic
def share_filter(*, saved: SavedFilter, shared: bool, by: User, at: dt.datetime) -> SavedFilter:
    """Share a selection of one's own, or take it back: for whoever opened with it, the queue opens whole again."""
    saved = _own(saved, by)
    if saved.shared == shared:
        return saved
    before = {"shared": saved.shared}
    saved.shared = shared
    saved.save(update_fields=["shared"])
    if not shared:
        saved.chosen_by.exclude(user=by).delete()
    record(by=by, at=at, verb="saved.share", target=saved, before=before, after={"shared": shared})
    return saved


@transaction.atomic
def delete_filter(*, saved: SavedFilter, by: User, at: dt.datetime) -> None:
    """Drop a selection of one's own, for whoever it was shared with too."""
    saved = _own(saved, by)
    before = {"name": saved.name, "query": saved.query, "shared": saved.shared}
    record(by=by, at=at, verb="saved.delete", target=saved, before=before)
    saved.delete()


@transaction.atomic
def open_with(*, saved: SavedFilter | None, by: User, at: dt.datetime) -> None:
    """The queue opens with this selection for a person from now on; with None, whole."""
    chosen = DefaultFilter.objects.filter(user=by).select_related("saved").first()
    before = {"default": chosen.saved.name if chosen else ""}
    if saved is None:
        if chosen:
            chosen.delete()
            record(by=by, at=at, verb="saved.open_with", target=by, before=before, after={"default": ""})
        return
    DefaultFilter.objects.update_or_create(user=by, defaults={"saved": saved})
    record(by=by, at=at, verb="saved.open_with", target=by, before=before, after={"default": saved.name})


def _own(saved: SavedFilter, by: User) -> SavedFilter:
    """The row, locked; only its owner changes it."""
    saved = SavedFilter.objects.select_for_update().get(pk=saved.pk)
    if saved.owner_id != by.pk:
        raise Refused(
            _("“%(name)s”由%(owner)s保存，只有保存的人能改动或删除。") % {"name": saved, "owner": saved.owner}
        )
    return saved
