"""One line of a list as plain data: the common language of data files, imports and the tables.

`from_json` reads the item format of fixtures/lists/*.json (described in fixtures/README.md).
Pure: names of units and counties are text here; `actions.apply_items` resolves them.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from tasks_app.catalogue.choices import Comparator, DueBasis, TargetKind, TaskKind


@dataclass(frozen=True)
class Target:
    """A quantified target; `county` (short name) marks one county's share."""

    text: str
    subject: str
    value: Decimal
    unit: str = ""
    value_max: Decimal | None = None
    comparator: str = Comparator.EQUAL
    kind: str = TargetKind.TARGET
    county: str = ""


@dataclass(frozen=True)
class DoubtNote:
    """What is doubtful in the source, in a sentence."""

    code: str
    field: str
    text: str
    confidence: str = ""


@dataclass(frozen=True)
class Item:
    """One numbered item, as printed and as understood. Headings outermost first in `path`."""

    seq: int
    no: str
    content: str
    path: tuple[str, ...] = ()
    kind: str = TaskKind.TASK
    key_task: str = ""
    sub_task: str = ""
    title: str = ""
    lead_units: tuple[str, ...] = ()
    assist_units: tuple[str, ...] = ()
    lead_text: str = ""
    assist_text: str = ""
    counties: tuple[str, ...] = ()
    due_on: dt.date | None = None
    due_text: str = ""
    due_basis: str = DueBasis.NONE
    further_deadlines: tuple[Mapping[str, str], ...] = ()
    targets: tuple[Target, ...] = ()
    doubts: tuple[DoubtNote, ...] = ()
    source: Mapping[str, Any] | None = None

    def changed_fields(self, other: "Item") -> list[str]:
        """Names of the fields in which `other` differs."""
        return [f.name for f in fields(self) if getattr(self, f.name) != getattr(other, f.name)]


def from_json(data: Mapping[str, Any]) -> Item:
    """An item of fixtures/lists/*.json.

    A document that says only 责任单位 gives the lead to every unit named; where it marks a lead
    beside them, the 责任单位 assist (domain §2).
    """
    leads, assists = list(data["lead_units"]), list(data["assist_units"])
    responsible = list(data.get("responsible_units") or ())
    leads, assists = (leads, assists + responsible) if leads else (responsible, assists)
    lead_text, assist_text = data.get("lead_text") or "", data.get("assist_text") or ""
    if printed := data.get("responsible_text"):
        # One printed clause stands for both; it is kept where its units went.
        lead_text, assist_text = (lead_text, assist_text or printed) if assists else (lead_text or printed, "")
    deadline = data.get("deadline") or {}
    return Item(
        seq=data["seq"],
        no=data["no"],
        content=data["content"],
        path=tuple(data["path"]),
        kind=data["kind"],
        key_task=data.get("key_task") or "",
        sub_task=data.get("sub_task") or "",
        title=data.get("title") or "",
        lead_units=tuple(leads),
        assist_units=tuple(assists),
        lead_text=lead_text,
        assist_text=assist_text,
        counties=tuple(data.get("counties") or ()),
        due_on=dt.date.fromisoformat(deadline["date"]) if deadline.get("date") else None,
        due_text=deadline.get("text") or "",
        due_basis=deadline.get("basis") or DueBasis.NONE,
        further_deadlines=tuple(data.get("further_deadlines") or ()),
        targets=tuple(_target(target) for target in data.get("targets") or ()),
        doubts=tuple(
            DoubtNote(
                code=doubt["code"],
                field=doubt.get("field") or "",
                text=doubt["text"],
                confidence=doubt.get("confidence") or "",
            )
            for doubt in data.get("doubts") or ()
        ),
        source=data.get("source") or None,
    )


def _target(data: Mapping[str, Any]) -> Target:
    high = data.get("value_max")
    return Target(
        text=data["text"],
        subject=data.get("subject") or data["text"],
        value=Decimal(str(data["value"])),
        unit=data.get("unit") or "",
        value_max=None if high is None else Decimal(str(high)),
        comparator=data.get("comparator") or Comparator.EQUAL,
        kind=data.get("kind") or TargetKind.TARGET,
        county=data.get("county") or "",
    )
