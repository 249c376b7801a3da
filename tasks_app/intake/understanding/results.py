"""What is understood: a list of items with the document it stands in, and its JSON."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Deadline:
    """`date` None: no day (长期). `basis`: explicit (the item's own words), inferred, default (the list's).

    `rule` says in Chinese how the day follows from `text`. `further` holds later stages of one item.
    """

    date: str | None
    basis: str
    text: str
    rule: str = ""
    time: str = ""
    further: list["Deadline"] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"date": self.date, "basis": self.basis, "text": self.text, "rule": self.rule}
        if self.time:
            answer["time"] = self.time
        if self.further:
            answer["further"] = [one.as_json() for one in self.further]
        return answer


@dataclass
class Target:
    """A number with its counting word. `comparator`: = >= <= ~ > <; `value_max` ends a range.

    `kind`: target, breakdown (a place's share of the target before it), scale (size of a project).
    """

    text: str
    value: float
    unit: str
    comparator: str
    value_max: float | None = None
    kind: str = "target"
    place: str = ""

    def as_json(self) -> dict[str, Any]:
        whole = {"text": self.text, "value": _plain(self.value), "unit": self.unit, "comparator": self.comparator}
        whole["kind"] = self.kind
        if self.value_max is not None:
            whole["value_max"] = _plain(self.value_max)
        if self.place:
            whole["place"] = self.place
        return whole


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else value


@dataclass
class Item:
    """One task. `path`: headings, outermost first; units as printed, split; `source`: its place."""

    no: str
    path: list[str]
    title: str
    content: str
    lead_units: list[str] = field(default_factory=list)
    assist_units: list[str] = field(default_factory=list)
    responsible_units: list[str] = field(default_factory=list)
    deadline: Deadline | None = None
    targets: list[Target] = field(default_factory=list)
    source: dict[str, Any] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    # Cells that nothing is understood of: printed heading → words.
    others: dict[str, str] = field(default_factory=dict)
    units_text: str = ""
    deadline_text: str = ""
    target_text: str = ""

    def units(self, role: str) -> list[str]:
        """The list of one role, to be changed in place."""
        found: list[str] = getattr(self, f"{role}_units")
        return found

    def doubt(self, sentence: str) -> None:
        """Add a doubt once."""
        if sentence not in self.doubts:
            self.doubts.append(sentence)

    def as_json(self) -> dict[str, Any]:
        names = ("no", "path", "title", "content", "lead_units", "assist_units", "responsible_units")
        return {
            **{name: getattr(self, name) for name in names},
            "deadline": self.deadline.as_json() if self.deadline else None,
            "targets": [target.as_json() for target in self.targets],
            "source": self.source,
            "doubts": self.doubts,
            **({"others": self.others} if self.others else {}),
        }


@dataclass
class Reporting:
    """A proposal: who reports to whom, how often, by when; `text` is the sentence it came from."""

    frequency: str
    text: str
    day: int | None = None
    month_end: bool = False
    weekday: int | None = None
    month_of_period: str = ""
    time: str = ""
    receiver: str = ""
    reporters: str = ""
    first: Deadline | None = None
    doubts: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        answer = asdict(self)
        answer["first"] = self.first.as_json() if self.first else None
        return answer


@dataclass
class Heading:
    """The document that a list stands in. `year` is the year its undated deadlines mean."""

    number: str = ""
    title: str = ""
    issuer: str = ""
    issue_date: str = ""
    list_title: str = ""
    year: int | None = None

    def as_json(self) -> dict[str, Any]:
        names = ("number", "title", "issuer", "issue_date", "list_title")
        return {name: getattr(self, name) or None for name in names}


@dataclass
class TaskList:
    """One list: its document, its reporting rule, its items in printed order, doubts about the whole."""

    document: Heading
    items: list[Item]
    reporting_rule: Reporting | None = None
    doubts: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "document": self.document.as_json(),
            "reporting_rule": self.reporting_rule.as_json() if self.reporting_rule else None,
            "items": [item.as_json() for item in self.items],
            "doubts": self.doubts,
        }


@dataclass
class Understood:
    """All lists of one file; `notes` are remarks on what was not read."""

    lists: list[TaskList]
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """One list as an object, several as {"lists": […]}."""
        lists = [one.as_json() for one in self.lists]
        answer: dict[str, Any] = lists[0] if len(lists) == 1 else {"lists": lists}
        return {**answer, "notes": self.notes} if self.notes else answer
