"""Reading lists back as plain data."""

from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.items import DoubtNote, Item, Target
from tasks_app.catalogue.models import Section, Task, TaskList


def current_items(task_list: TaskList) -> dict[int, Item]:
    """The list's tasks in force as items, by `seq`: a constant number of queries."""
    tasks = task_list.tasks.filter(retired_at=None).prefetch_related(
        "assignments__unit", "indicators__county", "doubts", "counties"
    )
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
        no=task.no,
        content=task.content,
        path=path,
        kind=task.kind,
        key_task=task.key_task,
        sub_task=task.sub_task,
        title=task.title,
        lead_units=_names(task, AssignmentRole.LEAD),
        assist_units=_names(task, AssignmentRole.ASSIST),
        lead_text=task.lead_text,
        assist_text=task.assist_text,
        counties=tuple(county.short_name for county in task.counties.all()),
        due_on=task.due_on,
        due_text=task.due_text,
        due_basis=task.due_basis,
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
    )


def _names(task: Task, role: AssignmentRole) -> tuple[str, ...]:
    return tuple(a.unit.name for a in task.assignments.all() if a.role == role)
