"""Reading lists back as plain data, and finding tasks in them."""

from collections.abc import Collection

from django.db.models import Q

from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.items import PLAIN, DoubtNote, Item, Target
from tasks_app.catalogue.models import Assignment, Section, Task, TaskList
from tasks_app.lib.text import search_key
from tasks_app.units.models import Unit

# More words than this do not narrow the search and only cost time.
MAX_WORDS = 8


def involving(unit: Unit, role: AssignmentRole | None = None) -> Q:
    """Tasks in which a unit has a part, in any role or in `role`.

    A part is being named, belonging to a named group (unless the item names counties and the unit
    governs another one: domain §4, Obligations), or owing reports on the task.
    """
    parts = {"role": role} if role else {}
    named = Assignment.objects.filter(unit=unit, **parts).values("task_id")
    in_group = Assignment.objects.filter(unit__memberships_of_group__member=unit, **parts)
    if unit.county_id:
        elsewhere = Task.objects.filter(counties__isnull=False).exclude(counties=unit.county_id)
        in_group = in_group.exclude(task_id__in=elsewhere.values("pk"))
    owed = Task.objects.filter(obligations__unit=unit, **({"obligations__role": role} if role else {})).values("pk")
    return Q(pk__in=named) | Q(pk__in=in_group.values("task_id")) | Q(pk__in=owed)


def containing(words: str) -> Q:
    """Tasks in which each blank-separated word occurs, compared by the search key."""
    found = Q()
    for word in words.split()[:MAX_WORDS]:
        if key := search_key(word):
            found &= Q(search_text__contains=key)
    return found


def current_items(task_list: TaskList, *, seqs: Collection[int] | None = None) -> dict[int, Item]:
    """The list's tasks in force as items, by `seq` (only `seqs`, if given): a constant number of queries."""
    tasks = task_list.tasks.filter(retired_at=None).prefetch_related(
        "assignments__unit", "indicators__county", "doubts", "counties"
    )
    if seqs is not None:
        tasks = tasks.filter(seq__in=seqs)
    paths = section_paths(task_list)
    return {task.seq: item_of(task, paths.get(task.section_id, ())) for task in tasks}


def section_paths(task_list: TaskList) -> dict[int | None, tuple[str, ...]]:
    """Section id → its headings, outermost first."""
    sections = {section.pk: section for section in task_list.sections.all()}

    def path(section: Section) -> tuple[str, ...]:
        above = path(sections[section.parent_id]) if section.parent_id else ()
        return (*above, section.heading)

    return {pk: path(section) for pk, section in sections.items()}


def item_of(task: Task, path: tuple[str, ...]) -> Item:
    """A stored task as an item; expects its relations to be prefetched."""
    return Item(
        seq=task.seq,
        path=path,
        lead_units=_names(task, AssignmentRole.LEAD),
        assist_units=_names(task, AssignmentRole.ASSIST),
        counties=tuple(county.short_name for county in task.counties.all()),
        due_on=task.printed_due_on or task.due_on,
        further_deadlines=tuple(task.further_deadlines),
        targets=tuple(
            Target(
                text=indicator.text,
                subject=indicator.subject,
                value=indicator.value.normalize(),
                unit=indicator.unit,
                value_max=None if indicator.value_max is None else indicator.value_max.normalize(),
                comparator=indicator.comparator,
                kind=indicator.kind,
                county=indicator.county.short_name if indicator.county else "",
            )
            for indicator in task.indicators.all()
        ),
        doubts=tuple(
            DoubtNote(code=d.code, field=d.field, text=d.text, confidence=d.confidence) for d in task.doubts.all()
        ),
        source=task.source or None,
        **{name: getattr(task, name) for name in PLAIN},
    )


def _names(task: Task, role: AssignmentRole) -> tuple[str, ...]:
    return tuple(a.unit.name for a in task.assignments.all() if a.role == role)
