"""Writing lists: the list itself, its items, and the closing of a task."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from tasks_app.audit.actions import record
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.items import Item, Target
from tasks_app.catalogue.models import Assignment, Document, Doubt, Indicator, Section, Task, TaskList
from tasks_app.catalogue.queries import current_items
from tasks_app.lib.errors import Refused
from tasks_app.lib.text import normalise
from tasks_app.units.models import Jurisdiction, Unit
from tasks_app.units.queries import NameBook


@dataclass
class Changes:
    """What `apply_items` did, by `seq`; `changed` names the fields."""

    added: list[int] = field(default_factory=list)
    changed: dict[int, list[str]] = field(default_factory=dict)
    unchanged: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed)


@transaction.atomic
def save_list(
    *,
    slug: str,
    document: dict[str, Any],
    values: dict[str, Any],
    by: models.Model | None,
    at: dt.datetime,
) -> TaskList:
    """Create the list and its document, or correct them; writes nothing when nothing differs.

    `document` and `values` are field values of `Document` and `TaskList`.
    """
    paper = Document.objects.filter(number=document["number"]).first()
    if paper is None:
        paper = Document.objects.create(**document)
    elif any(getattr(paper, name) != value for name, value in document.items()):
        Document.objects.filter(pk=paper.pk).update(**document)
    values = {"document": paper, **values}
    task_list = TaskList.objects.filter(slug=slug).first()
    if task_list is None:
        task_list = TaskList.objects.create(slug=slug, **values)
        record(by=by, at=at, verb="catalogue.add_list", target=task_list, after={"slug": slug})
        return task_list
    before = {
        name: str(getattr(task_list, name)) for name, value in values.items() if getattr(task_list, name) != value
    }
    if before:
        for name in before:
            setattr(task_list, name, values[name])
        task_list.save(update_fields=list(before))
        after = {name: str(values[name]) for name in before}
        record(by=by, at=at, verb="catalogue.correct_list", target=task_list, before=before, after=after)
    return task_list


@transaction.atomic
def apply_items(*, task_list: TaskList, items: Sequence[Item], by: models.Model | None, at: dt.datetime) -> Changes:
    """Bring the list's tasks to `items`, all or nothing; items not named stay as they are.

    Raises Refused when a unit or county is unknown in the list's jurisdiction. Applying the same
    items again writes nothing.
    """
    names = NameBook(task_list.jurisdiction)
    counties = {county.short_name: county for county in Jurisdiction.objects.filter(parent=task_list.jurisdiction)}
    _refuse_unknown(items, names, counties)
    items = [_with_canonical_names(item, names) for item in items]
    current = current_items(task_list)
    changes = Changes()
    headings = _Headings(task_list)
    stored = {task.seq: task for task in task_list.tasks.filter(retired_at=None)}
    for item in items:
        known = current.get(item.seq)
        fields = known.changed_fields(item) if known else []
        if known and not fields:
            changes.unchanged.append(item.seq)
            continue
        task = stored.get(item.seq) or Task(task_list=task_list, seq=item.seq)
        _write_task(task, item, headings, known, names, counties)
        if known:
            changes.changed[item.seq] = fields
            record(
                by=by,
                at=at,
                verb="catalogue.change_task",
                target=task,
                before={name: _plain(getattr(known, name)) for name in fields},
                after={name: _plain(getattr(item, name)) for name in fields},
            )
        else:
            changes.added.append(item.seq)
    if changes.added:
        record(by=by, at=at, verb="catalogue.add_tasks", target=task_list, after={"seqs": changes.added})
    return changes


@transaction.atomic
def mark_closed(
    *, task: Task, closed_on: dt.date | None, by: models.Model | None, at: dt.datetime, reason: str
) -> None:
    """Close the task as of a day, or open it again with `closed_on=None`."""
    before = task.closed_on
    task.closed_on = closed_on
    task.save(update_fields=["closed_on"])
    record(
        by=by,
        at=at,
        verb="catalogue.close_task" if closed_on else "catalogue.reopen_task",
        target=task,
        before={"closed_on": before},
        after={"closed_on": closed_on},
        reason=reason,
    )


def _refuse_unknown(items: Sequence[Item], names: NameBook, counties: dict[str, Jurisdiction]) -> None:
    for item in items:
        if unknown := names.unknown(item.lead_units + item.assist_units):
            raise Refused(
                _("第 %(no)s 项的单位“%(name)s”不在%(place)s的单位名录中。请先在后台添加单位或别名，再导入。")
                % {"no": item.no, "name": "、".join(unknown), "place": names.jurisdiction}
            )
        if strange := [name for name in item.counties if name not in counties]:
            raise Refused(
                _("第 %(no)s 项点名的县区“%(name)s”不属于%(place)s。")
                % {"no": item.no, "name": "、".join(strange), "place": names.jurisdiction}
            )


def _with_canonical_names(item: Item, names: NameBook) -> Item:
    """The same item with each unit called by its name, once, whatever alias the document used."""

    def canonical(written: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(unit.name for name in written if (unit := names.find(name))))

    return replace(item, lead_units=canonical(item.lead_units), assist_units=canonical(item.assist_units))


class _Headings:
    """Finds or makes the sections of a list by their path of headings."""

    def __init__(self, task_list: TaskList) -> None:
        self.task_list = task_list
        self._known = {(s.parent_id, s.heading): s for s in task_list.sections.all()}

    def at(self, path: Sequence[str]) -> list[Section]:
        """The section of each heading along `path`, outermost first."""
        found: list[Section] = []
        for level, heading in enumerate(path, start=1):
            parent = found[-1] if found else None
            key = (parent.pk if parent else None, heading)
            if key not in self._known:
                self._known[key] = Section.objects.create(
                    task_list=self.task_list,
                    parent=parent,
                    heading=heading,
                    level=level,
                    order=len(self._known) + 1,
                )
            found.append(self._known[key])
        return found


def _write_task(
    task: Task,
    item: Item,
    headings: _Headings,
    known: Item | None,
    names: NameBook,
    counties: dict[str, Jurisdiction],
) -> None:
    """Save the task's row, and those of its related rows in which it differs from `known`."""
    path = headings.at(item.path)
    task.chapter = path[0] if path else None
    task.section = path[-1] if path else None
    for name in (
        "kind", "no", "key_task", "sub_task", "title", "content", "lead_text", "assist_text",
        "due_on", "due_text", "due_basis",
    ):  # fmt: skip
        setattr(task, name, getattr(item, name))
    task.further_deadlines = list(item.further_deadlines)
    task.source = dict(item.source or {})
    task.search_text = _search_text(item)
    task.save()
    if known is None or known.counties != item.counties:
        task.counties.set([counties[name] for name in item.counties])
    if known is None or (known.lead_units, known.assist_units) != (item.lead_units, item.assist_units):
        _write_assignments(task, item, names)
    if known is None or known.targets != item.targets:
        _write_indicators(task, item.targets, counties)
    if known is None or known.doubts != item.doubts:
        task.doubts.all().delete()
        Doubt.objects.bulk_create(
            Doubt(task=task, code=d.code, field=d.field, text=d.text, confidence=d.confidence) for d in item.doubts
        )


def _write_assignments(task: Task, item: Item, names: NameBook) -> None:
    wanted: dict[tuple[int, str], Unit] = {}
    for role, unit_names in ((AssignmentRole.LEAD, item.lead_units), (AssignmentRole.ASSIST, item.assist_units)):
        for name in unit_names:
            if unit := names.find(name):
                wanted[unit.pk, role] = unit
    task.assignments.all().delete()
    Assignment.objects.bulk_create(
        Assignment(task=task, unit=unit, role=role, order=order)
        for order, ((_pk, role), unit) in enumerate(wanted.items())
    )


def _write_indicators(task: Task, targets: Sequence[Target], counties: dict[str, Jurisdiction]) -> None:
    """Keep the rows of targets that stay, so that values reported for them stay too."""
    old = {(row.text, row.county_id): row for row in task.indicators.all()}
    parent: Indicator | None = None
    for order, target in enumerate(targets):
        county = counties[target.county] if target.county else None
        row = old.pop((target.text, county.pk if county else None), None) or Indicator(task=task)
        row.text, row.county, row.order = target.text, county, order
        row.parent = parent if county else None
        for name in ("subject", "value", "value_max", "unit", "comparator", "kind"):
            setattr(row, name, getattr(target, name))
        row.save()
        if county is None:
            parent = row
    Indicator.objects.filter(pk__in=[row.pk for row in old.values()]).delete()


def _search_text(item: Item) -> str:
    """Everything a person may look for in one normalised column."""
    words = [
        item.no, *item.path, item.key_task, item.sub_task, item.title, item.content,
        *item.lead_units, *item.assist_units, item.lead_text, item.assist_text,
    ]  # fmt: skip
    return " ".join(normalise(word) for word in words if word)


def _plain(value: Any) -> Any:
    return [str(part) for part in value] if isinstance(value, tuple) else value
