"""From items to rows: how an item is written, singly and by the thousand. Called by actions only."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.items import PLAIN, SEARCHED, Item, Target
from tasks_app.catalogue.models import Assignment, Doubt, Indicator, Section, Task, TaskList
from tasks_app.lib.text import search_key
from tasks_app.units.models import Jurisdiction
from tasks_app.units.queries import NameBook

BATCH = 500


def add_tasks(
    task_list: TaskList,
    items: Sequence[Item],
    headings: Callable[[Sequence[str]], list[Section]],
    names: NameBook,
    counties: Mapping[str, Jurisdiction],
) -> None:
    """Insert tasks with all that belongs to them: the number of statements hardly depends on the number of tasks."""
    tasks = [fill(Task(task_list=task_list, seq=item.seq), item, headings(item.path)) for item in items]
    Task.objects.bulk_create(tasks, batch_size=BATCH)
    pairs = list(zip(tasks, items, strict=True))
    Assignment.objects.bulk_create(
        (a for task, item in pairs for a in assignments(task, item, names)), batch_size=BATCH
    )
    Doubt.objects.bulk_create((d for task, item in pairs for d in doubts(task, item)), batch_size=BATCH)
    named = Task.counties.through
    named.objects.bulk_create(
        (
            named(task_id=task.pk, jurisdiction_id=counties[name].pk)
            for task, item in pairs
            for name in dict.fromkeys(item.counties)
        ),
        batch_size=BATCH,
    )
    _add_indicators(pairs, counties)


def fill(task: Task, item: Item, path: Sequence[Section]) -> Task:
    """The task with the item's own fields; `path` holds the sections of its headings."""
    task.chapter = path[0] if path else None
    task.section = path[-1] if path else None
    for name in PLAIN:
        setattr(task, name, getattr(item, name))
    # An extension stands until the document itself names another day.
    if task.printed_due_on is None or task.printed_due_on != item.due_on:
        task.due_on, task.printed_due_on = item.due_on, None
    task.further_deadlines = list(item.further_deadlines)
    task.source = dict(item.source or {})
    task.search_text = search_text(item)
    return task


def assignments(task: Task, item: Item, names: NameBook) -> Iterator[Assignment]:
    """Each unit once per role, in printed order."""
    wanted: dict[tuple[int, str], None] = {}
    for role, unit_names in ((AssignmentRole.LEAD, item.lead_units), (AssignmentRole.ASSIST, item.assist_units)):
        for name in unit_names:
            if unit := names.find(name):
                wanted[unit.pk, role] = None
    for order, (unit_id, part) in enumerate(wanted):
        yield Assignment(task=task, unit_id=unit_id, role=part, order=order)


def doubts(task: Task, item: Item) -> Iterator[Doubt]:
    for doubt in item.doubts:
        yield Doubt(task=task, code=doubt.code, field=doubt.field, text=doubt.text, confidence=doubt.confidence)


def _add_indicators(pairs: Sequence[tuple[Task, Item]], counties: Mapping[str, Jurisdiction]) -> None:
    """Totals first, because a county's share names its total."""
    totals: list[Indicator] = []
    shares: list[tuple[Indicator, Indicator | None]] = []
    for task, item in pairs:
        parent: Indicator | None = None
        for order, target in enumerate(item.targets):
            row = indicator(task, target, order, counties)
            if target.county:
                shares.append((row, parent))
            else:
                totals.append(row)
                parent = row
    Indicator.objects.bulk_create(totals, batch_size=BATCH)
    for row, parent in shares:
        row.parent = parent
    Indicator.objects.bulk_create([row for row, _parent in shares], batch_size=BATCH)


def indicator(task: Task, target: Target, order: int, counties: Mapping[str, Jurisdiction]) -> Indicator:
    return Indicator(
        task=task,
        county=counties[target.county] if target.county else None,
        order=order,
        **{
            name: getattr(target, name)
            for name in ("text", "subject", "value", "value_max", "unit", "comparator", "kind")
        },
    )


def search_text(item: Item) -> str:
    """Everything a person may look for, as one key."""
    words = (getattr(item, name) for name in SEARCHED)
    return search_key(*words, *item.path, *item.lead_units, *item.assist_units)
