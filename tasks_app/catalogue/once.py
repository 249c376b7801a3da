"""Values that are unique within a list (`items.ONCE`), written in two steps so that two tasks can swap theirs."""

from collections.abc import Collection
from dataclasses import replace

from django.utils.translation import gettext as _

from tasks_app.catalogue.items import ONCE, Item
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.catalogue.writing import search_text
from tasks_app.lib.errors import Refused


class Turns:
    """Holds back values that other tasks still occupy until all tasks are written. Called by actions only."""

    def __init__(self, task_list: TaskList) -> None:
        self._tasks = task_list.tasks.filter(retired_at=None)
        self._held: dict[tuple[str, str], int] = {}
        self._waiting: dict[int, Item] = {}

    def look(self, items: Collection[Item]) -> None:
        """Which tasks have the values of these items now: one query per field, none where no item has a value."""
        self._held = {}
        for name in ONCE:
            if values := {value for item in items if (value := getattr(item, name))}:
                having = self._tasks.filter(**{f"{name}__in": values}).values_list(name, "seq")
                self._held |= {(name, value): seq for value, seq in having}

    def writable(self, item: Item) -> Item:
        """The item without the values that other tasks still occupy."""
        late = {name: "" for name in ONCE if (value := getattr(item, name)) and self._is_held(name, value, item.seq)}
        if not late:
            return item
        self._waiting[item.seq] = item
        return replace(item, **late)  # type: ignore[arg-type]

    def _is_held(self, name: str, value: str, seq: int) -> bool:
        """Whether another task occupies the value; a free value goes to the first task that asks."""
        return self._held.setdefault((name, value), seq) != seq

    def give(self) -> None:
        """Write the values that were held back. Raises Refused when another task still has one."""
        tasks = {task.seq: task for task in self._tasks.filter(seq__in=self._waiting)}
        for seq, item in self._waiting.items():
            task = tasks[seq]
            for name in ONCE:
                self._refuse_twice(task, name, getattr(item, name))
                setattr(task, name, getattr(item, name))
            task.search_text = search_text(item)
            task.save(update_fields=[*ONCE, "search_text"])

    def _refuse_twice(self, task: Task, name: str, value: str) -> None:
        other = self._tasks.filter(**{name: value}).exclude(pk=task.pk).first() if value else None
        if other is not None:
            words = _("第 %(no)s 项与第 %(other)s 项的%(field)s都是“%(value)s”，一份清单里只能有一项。")
            field = Task._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            raise Refused(words % {"no": other.no, "other": task.no, "field": field, "value": value})
