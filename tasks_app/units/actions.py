"""Keeping the units as the data files have them. Running twice changes nothing."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from tasks_app.audit.actions import record
from tasks_app.lib.errors import Refused
from tasks_app.units.choices import UnitKind
from tasks_app.units.models import GroupMember, Jurisdiction, Unit, UnitAlias
from tasks_app.units.queries import NameBook

NAME_LENGTH = 60
Row = Mapping[str, str]
M = TypeVar("M", bound=models.Model)


@transaction.atomic
def sync_units(
    *,
    jurisdictions: Iterable[Row],
    units: Iterable[Row],
    aliases: Iterable[Row],
    groups: Iterable[Row],
    tiles: Iterable[Row] = (),
    by: models.Model | None,
    at: dt.datetime,
) -> int:
    """Create or correct units from the rows of fixtures/*.csv; returns how many rows were written.

    Nothing is removed: what an administrator added by hand stays.
    """
    written = 0
    places: dict[str, Jurisdiction] = {}
    for row in jurisdictions:
        place, changed = _save(
            Jurisdiction,
            {"code": row["code"]},
            {
                "name": row["name"],
                "short_name": row["short_name"],
                "kind": row["kind"],
                "parent": places.get(row["parent_code"]),
                "order": int(row["order"]),
            },
        )
        places[place.code] = place
        written += changed
    found: dict[tuple[str, str], Unit] = {}
    for row in units:
        unit, changed = _save(
            Unit,
            {"jurisdiction": places[row["jurisdiction_code"]], "name": row["name"]},
            {"kind": row["kind"], "county": places.get(row["county_code"]), "order": int(row["order"])},
        )
        found[row["jurisdiction_code"], unit.name] = unit
        written += changed
    for row in aliases:
        unit = found[row["jurisdiction_code"], row["unit"]]
        _row, changed = _save(UnitAlias, {"jurisdiction": unit.jurisdiction, "name": row["alias"]}, {"unit": unit})
        written += changed
    for row in groups:
        if not row["member"]:
            continue
        pair = {
            "group": found[row["jurisdiction_code"], row["group"]],
            "member": found[row["jurisdiction_code"], row["member"]],
        }
        _place, changed = _save(GroupMember, pair, {})
        written += changed
    for row in tiles:
        unit = found[row["jurisdiction_code"], row["unit"]]
        tile = {"short_name": row["short_name"], "tile_row": int(row["row"]), "tile_column": int(row["column"])}
        _unit, changed = _save(Unit, {"pk": unit.pk}, tile)
        written += changed
    if written:
        record(by=by, at=at, verb="units.sync", target=places[min(places)], after={"rows": written})
    return written


@transaction.atomic
def add_alias(*, unit: Unit, name: str, by: models.Model | None, at: dt.datetime) -> UnitAlias:
    """Remember another written form of a unit. Raises Refused when the name has a meaning already."""
    name = name.strip()
    known = NameBook(unit.jurisdiction).find(name)
    if known is not None:
        raise Refused(_("“%(name)s”已经是“%(unit)s”的名称或别名。") % {"name": name, "unit": known.name})
    if not 0 < len(name) <= NAME_LENGTH:
        raise Refused(_("单位名称要有 1 到 %(limit)d 个字。") % {"limit": NAME_LENGTH})
    alias = UnitAlias.objects.create(unit=unit, jurisdiction=unit.jurisdiction, name=name)
    record(by=by, at=at, verb="units.add_alias", target=unit, after={"alias": name})
    return alias


@transaction.atomic
def add_unit(*, jurisdiction: Jurisdiction, name: str, kind: str, by: models.Model | None, at: dt.datetime) -> Unit:
    """A unit that the jurisdiction did not know yet, behind all others. Raises Refused for a name in use."""
    name = name.strip()
    if NameBook(jurisdiction).find(name) is not None:
        raise Refused(_("“%(name)s”已经在单位名录中。") % {"name": name})
    if not 0 < len(name) <= NAME_LENGTH:
        raise Refused(_("单位名称要有 1 到 %(limit)d 个字。") % {"limit": NAME_LENGTH})
    last = Unit.objects.filter(jurisdiction=jurisdiction).aggregate(last=models.Max("order"))["last"] or 0
    unit = Unit.objects.create(jurisdiction=jurisdiction, name=name, kind=UnitKind(kind), order=last + 1)
    record(by=by, at=at, verb="units.add_unit", target=unit, after={"name": name, "kind": kind})
    return unit


def _save(model: type[M], key: dict[str, Any], values: dict[str, Any]) -> tuple[M, bool]:
    """The row under `key` with `values`, and whether anything had to be written."""
    row = model._default_manager.filter(**key).first()
    if row is None:
        return model._default_manager.create(**key, **values), True
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if changed:
        for name in changed:
            setattr(row, name, values[name])
        row.save(update_fields=changed)
    return row, bool(changed)
