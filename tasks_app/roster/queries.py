"""Reading the roster: who is in charge, where nobody is, what a file of it would set."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from tasks_app.accounts.models import Membership, User
from tasks_app.catalogue.models import TaskList
from tasks_app.roster.models import RosterPlace
from tasks_app.schedule.models import Obligation
from tasks_app.units.models import Unit
from tasks_app.units.queries import NameBook


@dataclass(frozen=True)
class FileRow:
    """One row of a roster file as typed: `line` is its line in the file."""

    line: int
    unit: str
    liaison: str
    deputy: str


@dataclass(frozen=True)
class RowProblem:
    """What is wrong in a file, where."""

    line: int
    column: str
    text: str


@dataclass(frozen=True)
class RosterLine:
    """One unit of a list: its place on the roster, who may be put there, and whom reminders reach now."""

    unit: Unit
    place: RosterPlace | None
    candidates: Sequence[User]
    reached: Sequence[User]

    @property
    def alarm(self) -> bool:
        """Nobody can be reached."""
        return not self.reached

    @property
    def lapsed(self) -> bool:
        """The person on the roster no longer holds the post."""
        return self.place is not None and self.place.liaison not in self.candidates


@dataclass(frozen=True)
class Vacancy:
    """A unit that owes reports and has no liaison: on which lists, and how many open tasks each of them has for it."""

    unit: Unit
    lists: Sequence[tuple[TaskList, int]]


@dataclass
class Resolved:
    """A file understood: the places it sets, or the problems that keep it from setting any."""

    places: list[tuple[Unit, User, User | None]] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


def liaisons_by_unit() -> dict[int, list[User]]:
    """Unit id → its liaisons in force, the longest serving first: one query."""
    found: dict[int, list[User]] = defaultdict(list)
    units = list(Unit.objects.filter(active=True).values_list("pk", flat=True))
    for membership in Membership.objects.liaisons_of(units).select_related("user").order_by("pk"):
        found[membership.unit_id].append(membership.user)
    return found


def liaisons_of(unit_id: int) -> list[User]:
    """One unit's liaisons in force, the longest serving first."""
    posts = Membership.objects.liaisons_of([unit_id]).select_related("user").order_by("pk")
    return [membership.user for membership in posts]


def in_charge(*, task_list_id: int, unit_id: int) -> list[User]:
    """Whom messages about a list reach in one unit, as reminders do: whom the roster names, else every liaison."""
    held = liaisons_of(unit_id)
    return charges({unit_id: held}).get((task_list_id, unit_id), held)


def charges(liaisons: Mapping[int, Sequence[User]]) -> dict[tuple[int, int], list[User]]:
    """(list id, unit id) → the one whom the roster names and who still holds the post: the liaison, else the
    deputy. Without an answer the unit's liaisons are meant. One query.
    """
    found = {}
    for place in RosterPlace.objects.select_related("liaison", "deputy"):
        held = {person.pk for person in liaisons.get(place.unit_id, ())}
        if place.liaison_id in held:
            found[place.task_list_id, place.unit_id] = [place.liaison]
        elif place.deputy and place.deputy_id in held:
            found[place.task_list_id, place.unit_id] = [place.deputy]
    return found


def roster_lines(task_list: TaskList) -> list[RosterLine]:
    """Every unit that owes reports on the list, in official order: a constant number of queries."""
    owing = Obligation.objects.filter(task__task_list=task_list).values("unit_id")
    liaisons = liaisons_by_unit()
    charged = charges(liaisons)
    places = {
        place.unit_id: place for place in task_list.roster.select_related("liaison", "deputy", "unit", "task_list")
    }
    return [
        RosterLine(
            unit=unit,
            place=places.get(unit.pk),
            candidates=liaisons.get(unit.pk, ()),
            reached=charged.get((task_list.pk, unit.pk), liaisons.get(unit.pk, ())),
        )
        for unit in Unit.objects.filter(pk__in=owing).order_by("order", "pk")
    ]


def vacancies(lists: QuerySet[TaskList]) -> list[Vacancy]:
    """The units that owe reports on these lists and have no liaison in force, in official order: four queries.

    The same units that `roster_lines` gives an alarm, list by list: once a person's post has lapsed their place on the
    roster counts as empty, so a unit without a liaison cannot be reached on any list.
    """
    manned = liaisons_by_unit()
    by_id = {task_list.pk: task_list for task_list in lists.select_related("document").order_by("order", "pk")}
    is_open = Q(task__closed_on=None, task__retired_at=None)
    owed = (
        Obligation.objects.filter(task__task_list__in=by_id)
        .exclude(unit__in=manned)
        .order_by()
        .values("unit_id", "task__task_list_id")
        .annotate(tasks=Count("task", filter=is_open, distinct=True))
    )
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    for row in owed:
        counts[row["unit_id"]][row["task__task_list_id"]] = row["tasks"]
    return [
        Vacancy(unit, [(by_id[pk], counts[unit.pk][pk]) for pk in by_id if pk in counts[unit.pk]])
        for unit in Unit.objects.filter(pk__in=counts).order_by("order", "pk")
    ]


def resolve(task_list: TaskList, rows: Sequence[FileRow]) -> Resolved:
    """What a file would set. Every problem is told with its line and column; a single one is enough that nothing is
    set.
    """
    names, liaisons = NameBook(task_list.jurisdiction), liaisons_by_unit()
    found = Resolved()
    seen: dict[int, int] = {}
    for row in rows:
        unit = names.find(row.unit)
        if unit is None:
            found.problems.append(RowProblem(row.line, _("单位"), _("没有名为“%s”的单位。") % row.unit[:40]))
            continue
        if unit.pk in seen:
            text = _("%(unit)s在第 %(line)d 行已经出现过。") % {"unit": unit, "line": seen[unit.pk]}
            found.problems.append(RowProblem(row.line, _("单位"), text))
            continue
        seen[unit.pk] = row.line
        held = {person.username: person for person in liaisons.get(unit.pk, ())}
        chosen = []
        for column, username in ((_("联络员账号"), row.liaison), (_("替补账号"), row.deputy)):
            if username and username not in held:
                text = _("“%(name)s”不是%(unit)s在任的联络员。请管理员先在后台任职，或改填其他账号。") % {
                    "name": username[:40],
                    "unit": unit,
                }
                found.problems.append(RowProblem(row.line, column, text))
            chosen.append(held.get(username))
        if not row.liaison:
            found.problems.append(RowProblem(row.line, _("联络员账号"), _("没有填联络员账号。")))
        elif row.liaison == row.deputy:
            found.problems.append(RowProblem(row.line, _("替补账号"), _("替补不能与联络员是同一人。")))
        elif chosen[0] is not None:
            found.places.append((unit, chosen[0], chosen[1]))
    if not rows:
        found.problems.append(RowProblem(0, "", _("文件里没有名册内容。")))
    return found
