"""Writing lists: the list itself, its items, and the closing of a task."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from tasks_app.audit.actions import record
from tasks_app.catalogue.items import Item, Target
from tasks_app.catalogue.models import Assignment, Document, Doubt, Indicator, Section, Task, TaskList
from tasks_app.catalogue.once import Turns
from tasks_app.catalogue.queries import current_items
from tasks_app.catalogue.writing import add_tasks, assignments, doubts, fill
from tasks_app.lib.errors import Refused
from tasks_app.units.models import Jurisdiction
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
def apply_items(*, task_list: TaskList, items: Iterable[Item], by: models.Model | None, at: dt.datetime) -> Changes:
    """Bring the list's tasks to `items`, all or nothing; items not named stay as they are.

    Works through them a thousand at a time, so `items` may be a generator of any length. Raises Refused
    when a unit or county is unknown in the list's jurisdiction, or when two tasks would share a value that must be
    unique. Applying the same items again writes nothing.
    """
    names = NameBook(task_list.jurisdiction)
    counties = {county.short_name: county for county in Jurisdiction.objects.filter(parent=task_list.jurisdiction)}
    headings = _Headings(task_list)
    turns = Turns(task_list)
    changes = Changes()
    for chunk in _chunks(items):
        _refuse_unknown(chunk, names, counties)
        current = current_items(task_list, seqs=[item.seq for item in chunk])
        new: list[Item] = []
        changed: list[tuple[Item, Item, list[str]]] = []
        for item in (_with_canonical_names(item, names) for item in chunk):
            known = current.get(item.seq)
            if known is None:
                new.append(item)
            elif fields := known.changed_fields(item):
                changed.append((known, item, fields))
            else:
                changes.unchanged.append(item.seq)
        turns.look([*new, *(item for _known, item, _fields in changed)])
        add_tasks(task_list, [turns.writable(item) for item in new], headings.at, names, counties)
        changes.added += [item.seq for item in new]
        _change_tasks(task_list, changed, headings, turns, names, counties, {"by": by, "at": at})
        changes.changed.update({item.seq: fields for _known, item, fields in changed})
    turns.give()
    if changes.added:
        record(by=by, at=at, verb="catalogue.add_tasks", target=task_list, after={"seqs": _spans(changes.added)})
    return changes


@transaction.atomic
def retire_tasks(
    *, task_list: TaskList, seqs: Collection[int], by: models.Model | None, at: dt.datetime, reason: str
) -> int:
    """Take tasks out of force: they stay with all that was reported, but no reports are owed on them and they count in
    no figure.
    """
    tasks = list(task_list.tasks.filter(seq__in=seqs, retired_at=None))
    for task in tasks:
        record(by=by, at=at, verb="catalogue.retire_task", target=task, after={"retired_at": at}, reason=reason)
    task_list.tasks.filter(pk__in=[task.pk for task in tasks]).update(retired_at=at)
    return len(tasks)


@transaction.atomic
def restore_tasks(
    *, task_list: TaskList, seqs: Collection[int], by: models.Model | None, at: dt.datetime, reason: str
) -> int:
    """Put retired tasks back in force."""
    tasks = list(task_list.tasks.filter(seq__in=seqs).exclude(retired_at=None))
    for task in tasks:
        before = {"retired_at": task.retired_at}
        record(by=by, at=at, verb="catalogue.restore_task", target=task, before=before, reason=reason)
    task_list.tasks.filter(pk__in=[task.pk for task in tasks]).update(retired_at=None)
    return len(tasks)


@transaction.atomic
def drop_tasks(
    *, task_list: TaskList, seqs: Collection[int], by: models.Model | None, at: dt.datetime, reason: str
) -> int:
    """Delete tasks outright, together with headings that are left empty.

    Only for taking back what was just added; the caller makes sure that nobody reported on them.
    """
    tasks = task_list.tasks.filter(seq__in=seqs)
    record(by=by, at=at, verb="catalogue.drop_tasks", target=task_list, before={"seqs": _spans(seqs)}, reason=reason)
    dropped = tasks.count()
    tasks.delete()
    while task_list.sections.filter(children=None, tasks=None).exclude(pk__in=_chapter_ids(task_list)).delete()[0]:
        pass
    return dropped


@transaction.atomic
def drop_list(*, task_list: TaskList, by: models.Model | None, at: dt.datetime, reason: str) -> None:
    """Delete a list that was just made, with its tasks, rule and document; see `drop_tasks`."""
    before = {"slug": task_list.slug, "tasks": task_list.tasks.count()}
    record(by=by, at=at, verb="catalogue.drop_list", target=task_list, before=before, reason=reason)
    document = task_list.document
    task_list.tasks.all().delete()
    task_list.delete()
    if not document.lists.exists():
        document.delete()


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


@transaction.atomic
def move_deadline(*, task: Task, due_on: dt.date, by: models.Model | None, at: dt.datetime, reason: str) -> None:
    """Put a later day in the place of the task's deadline; the document's own day is kept beside it."""
    before = task.due_on
    task.printed_due_on = task.printed_due_on or before
    task.due_on = due_on
    task.save(update_fields=["due_on", "printed_due_on"])
    record(
        by=by,
        at=at,
        verb="catalogue.move_deadline",
        target=task,
        before={"due_on": before},
        after={"due_on": due_on},
        reason=reason,
    )


def _chunks(items: Iterable[Item], size: int = 1000) -> Iterator[list[Item]]:
    waiting = iter(items)
    while chunk := list(islice(waiting, size)):
        yield chunk


def _spans(seqs: Iterable[int]) -> list[str]:
    """1, 2, 3, 7 → 1-3, 7: short enough for the log however many there are."""
    spans: list[list[int]] = []
    for seq in sorted(seqs):
        if spans and spans[-1][1] == seq - 1:
            spans[-1][1] = seq
        else:
            spans.append([seq, seq])
    return [str(first) if first == last else f"{first}-{last}" for first, last in spans]


def _chapter_ids(task_list: TaskList) -> set[int]:
    return {pk for pk in task_list.tasks.values_list("chapter_id", flat=True) if pk is not None}


def _change_tasks(
    task_list: TaskList,
    changed: Sequence[tuple[Item, Item, list[str]]],
    headings: "_Headings",
    turns: Turns,
    names: NameBook,
    counties: dict[str, Jurisdiction],
    stamp: dict[str, Any],
) -> None:
    stored = {task.seq: task for task in task_list.tasks.filter(seq__in=[item.seq for _known, item, _f in changed])}
    for known, item, fields in changed:
        task = stored[item.seq]
        _write_task(task, turns.writable(item), headings, known, names, counties)
        record(
            verb="catalogue.change_task",
            target=task,
            before={name: _plain(getattr(known, name)) for name in fields},
            after={name: _plain(getattr(item, name)) for name in fields},
            **stamp,
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
    known: Item,
    names: NameBook,
    counties: dict[str, Jurisdiction],
) -> None:
    """Save the task's row, and those of its related rows in which it differs from `known`."""
    fill(task, item, headings.at(item.path))
    task.save()
    if known.counties != item.counties:
        task.counties.set([counties[name] for name in item.counties])
    if (known.lead_units, known.assist_units) != (item.lead_units, item.assist_units):
        task.assignments.all().delete()
        Assignment.objects.bulk_create(assignments(task, item, names))
    if known.targets != item.targets:
        _write_indicators(task, item.targets, counties)
    if known.doubts != item.doubts:
        task.doubts.all().delete()
        Doubt.objects.bulk_create(doubts(task, item))


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


def _plain(value: Any) -> Any:
    return [str(part) for part in value] if isinstance(value, tuple) else value
