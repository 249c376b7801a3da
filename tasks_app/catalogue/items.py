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

# Fields of an item that a task has under the same name and stores as they are.
PLAIN = (
    "kind", "no", "key_task", "sub_task", "title", "content", "lead_text", "assist_text", "due_text", "due_basis",
    "external_code",
)  # fmt: skip
# Of these, the fields that a word search covers.
SEARCHED = ("no", "key_task", "sub_task", "title", "content", "lead_text", "assist_text", "external_code")
# Of these, the fields that must be unique among a list's tasks in force, unless blank.
ONCE: tuple[str, ...] = ("external_code",)


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
    """One numbered item, as printed and as understood. Headings outermost first in `path`.

    `external_code` is what another system, such as the province's platform, calls it.
    """

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
    external_code: str = ""

    def changed_fields(self, other: "Item") -> list[str]:
        """Names of the fields in which `other` differs."""
        return [f.name for f in fields(self) if getattr(self, f.name) != getattr(other, f.name)]


def from_json(data: Mapping[str, Any]) -> Item:
    """An item of fixtures/lists/*.json."""
    return Item(
        seq=data["seq"],
        no=data["no"],
        content=data["content"],
        path=tuple(data["path"]),
        kind=data["kind"],
        key_task=data.get("key_task") or "",
        sub_task=data.get("sub_task") or "",
        title=data.get("title") or "",
        **_units(data),
        counties=tuple(data.get("counties") or ()),
        **_deadline(data.get("deadline") or {}),
        further_deadlines=tuple(data.get("further_deadlines") or ()),
        targets=tuple(_target(target) for target in data.get("targets") or ()),
        doubts=tuple(_doubt(doubt) for doubt in data.get("doubts") or ()),
        source=data.get("source") or None,
        external_code=data.get("external_code") or "",
    )


def in_charge(data: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The units that lead and those that assist, of an item as a document names them.

    A document that says only 责任单位 gives the lead to every unit named; where it marks a lead
    beside them, the 责任单位 assist (domain §2).
    """
    leads, assists = tuple(data["lead_units"]), tuple(data["assist_units"])
    responsible = tuple(data.get("responsible_units") or ())
    return (leads, assists + responsible) if leads else (responsible, assists)


def _units(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an item that say who is in charge."""
    leads, assists = in_charge(data)
    lead_text, assist_text = data.get("lead_text") or "", data.get("assist_text") or ""
    if printed := data.get("responsible_text"):
        # One printed clause stands for both; it is kept where its units went.
        lead_text, assist_text = (lead_text, assist_text or printed) if assists else (lead_text or printed, "")
    return {"lead_units": leads, "assist_units": assists, "lead_text": lead_text, "assist_text": assist_text}


def _deadline(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "due_on": dt.date.fromisoformat(data["date"]) if data.get("date") else None,
        "due_text": data.get("text") or "",
        "due_basis": data.get("basis") or DueBasis.NONE,
    }


def _doubt(data: Mapping[str, Any]) -> DoubtNote:
    return DoubtNote(
        code=data["code"],
        field=data.get("field") or "",
        text=data["text"],
        confidence=data.get("confidence") or "",
    )


def to_json(item: Item) -> dict[str, Any]:
    """The item in the format that `from_json` reads: `from_json(to_json(item)) == item`."""
    return {
        "seq": item.seq,
        "no": item.no,
        "kind": str(item.kind),
        "path": list(item.path),
        "key_task": item.key_task,
        "sub_task": item.sub_task,
        "title": item.title,
        "content": item.content,
        "lead_units": list(item.lead_units),
        "assist_units": list(item.assist_units),
        "lead_text": item.lead_text,
        "assist_text": item.assist_text,
        "counties": list(item.counties),
        "deadline": {
            "date": item.due_on.isoformat() if item.due_on else None,
            "text": item.due_text,
            "basis": str(item.due_basis),
        },
        "further_deadlines": [dict(deadline) for deadline in item.further_deadlines],
        "targets": [
            {
                "text": target.text,
                "subject": target.subject,
                "value": str(target.value),
                "value_max": None if target.value_max is None else str(target.value_max),
                "unit": target.unit,
                "comparator": str(target.comparator),
                "kind": str(target.kind),
                "county": target.county,
            }
            for target in item.targets
        ],
        "doubts": [
            {"code": doubt.code, "field": doubt.field, "text": doubt.text, "confidence": doubt.confidence}
            for doubt in item.doubts
        ],
        "source": dict(item.source) if item.source else None,
        # Left out when empty, so that fingerprints of lists taken before this field existed stay valid.
        **({"external_code": item.external_code} if item.external_code else {}),
    }


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
