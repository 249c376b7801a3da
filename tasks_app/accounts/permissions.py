"""Who may do what: this is the only place that decides it.

The roles, in prose (domain §3). A person holds a role *in a unit*.

- 联络员 liaison: reads the lists of the jurisdiction and their accepted progress; fills, saves and
  submits the month of their own unit; asks for the closure, or a later deadline, of tasks that the unit leads, and
  answers a leader's instruction on them. Never reads another unit's draft, nor what another unit has submitted
  until it is accepted.
  As an assisting unit's liaison, reads what the lead handed in on the shared task and says whether it is true; is
  heard on its closure, whose words and files are read for that.
- 单位负责人 unit head: reads what their own unit's liaison reads, drafts too; signs the month, or sends it
  back to the liaison, where the list's rule asks for it. Writes no word of it.
- 汇总员 coordinator: for the lists that their own unit coordinates, sees who has reported, reads what
  was submitted, accepts or returns it; imports corrections of these lists; excuses units, closes and
  reopens rounds; keeps the reporting rule and the roster; sets the thresholds of the lights and the milestones.
- 督查员 supervisor: reads everything submitted in the jurisdiction, works the overdue page, grants
  or refuses closures and later deadlines, opens a closed task again, checks on the spot, closes instructions.
- 领导 leader: reads the same as the supervisor; writes instructions (批示) on tasks of the jurisdiction, and otherwise
  changes nothing. A person whose only role is leader starts on the overview.
- 管理员 administrator: reads the same; imports lists of the own jurisdiction. The back office (Django's admin) keeps
  units, users and rules of every jurisdiction: who runs the installation runs it whole, and each act is recorded.

Notices (督办通知): read by the unit that they are for (liaison and head), the coordinator of the list, and who oversees
the jurisdiction; by no other unit. Its liaison or head signs for a notice, its liaison answers it; a supervisor of the
jurisdiction issues, judges and withdraws. How they are numbered and capped the supervisors and administrators set.

Scores (考核): the published ranking is for everybody in the jurisdiction; a unit's lines and objections are for that
unit, the list's coordinator and who oversees, and for no other unit. The supervisors compute and publish the sheets and
decide on objections, the unit's liaison or head objects. The rules are kept by supervisors and administrators.

Reminders: everybody sees what goes and went to themselves; a coordinator what belongs to their own lists; supervisor,
leader and administrator what belongs to the jurisdiction. The coordinator of a list and the administrators set its
ladder, words, groups and pauses; they and the supervisors chase. The words for all lists, quiet hours and caps hold
for the whole installation and are the administrators'.

Formal acts on a task: that a closure or a later deadline was asked for, and what was decided, is for all of the
jurisdiction, because it moves published figures; the words are for the unit that asked, who coordinates the list, who
oversees, and (of a closure) the assisting units heard. A spot check is read by those who oversee or coordinate, and by
the units that lead the task; an instruction also by those that assist on it.

Bulletins: the coordinator of the list drafts, submits, publishes and recalls them; a supervisor or a leader of the
jurisdiction approves or sends back, never who wrote or submitted it. Apart from instructions, this approval is the only
thing that a leader writes. Before it is published only the list's coordinator and who oversees read it; afterwards the
whole jurisdiction.

The overdue queue is read by those who oversee or coordinate, each for their own lists; coordinators, supervisors and
administrators chase out of it and share selections of it with one another, a leader keeps selections for themselves.

Nobody outside a unit reads its drafts, whatever the role: a draft is not a report yet (ADR 0004).

How it is asked: `can_…` and its kin say it of one thing, `Viewer.own` of units, and the conditions in `scopes.py` of
the rows of a table. Nothing outside this folder looks at the ids of which a viewer is made.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership, User
from tasks_app.units.models import Jurisdiction, Unit

OVERSEEING = {Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR}


@dataclass(frozen=True)
class Viewer:
    """A signed-in person and the roles held, as read once per request."""

    user: User
    memberships: tuple[Membership, ...] = field(default=())

    @cached_property
    def jurisdiction_ids(self) -> frozenset[int]:
        """The jurisdictions whose lists this person may read."""
        return frozenset(m.unit.jurisdiction_id for m in self.memberships)

    @cached_property
    def liaison_unit_ids(self) -> frozenset[int]:
        return self._units_as(Role.LIAISON)

    @cached_property
    def head_unit_ids(self) -> frozenset[int]:
        return self._units_as(Role.HEAD)

    @cached_property
    def reporting_unit_ids(self) -> frozenset[int]:
        """The units whose month, drafts included, this person reads as a member of the unit."""
        return self.liaison_unit_ids | self.head_unit_ids

    @cached_property
    def coordinator_unit_ids(self) -> frozenset[int]:
        return self._units_as(Role.COORDINATOR)

    @cached_property
    def overseen_jurisdiction_ids(self) -> frozenset[int]:
        """Jurisdictions of which this person reads everything submitted."""
        return frozenset(m.unit.jurisdiction_id for m in self.memberships if m.role in OVERSEEING)

    @cached_property
    def chasing_jurisdiction_ids(self) -> frozenset[int]:
        """Jurisdictions in which this person may chase, whatever the list."""
        chasing = {Role.SUPERVISOR, Role.ADMINISTRATOR}
        return frozenset(m.unit.jurisdiction_id for m in self.memberships if m.role in chasing)

    @cached_property
    def queue_jurisdiction_ids(self) -> frozenset[int]:
        """Jurisdictions in which this person works on, or watches, what is late: overseeing or coordinating."""
        return frozenset(
            m.unit.jurisdiction_id for m in self.memberships if m.role in OVERSEEING or m.role == Role.COORDINATOR
        )

    @property
    def posts(self) -> list[tuple[str, str]]:
        """Unit and role, by name: what the frame of the pages shows."""
        return [(m.unit.name, m.get_role_display()) for m in self.memberships]

    @cached_property
    def liaison_units(self) -> list[Unit]:
        """The units for which this person reports and answers."""
        return self.own({m.unit_id: m.unit for m in self.memberships}.values())

    @cached_property
    def reporting_units(self) -> list[Unit]:
        """The units that this person belongs to, as liaison or as head."""
        return list({m.unit_id: m.unit for m in self.memberships if m.unit_id in self.reporting_unit_ids}.values())

    def own(self, units: Iterable[Unit]) -> list[Unit]:
        """Those of these units that this person represents as their liaison."""
        return [unit for unit in units if unit.pk in self.liaison_unit_ids]

    def has(self, role: Role) -> bool:
        return any(m.role == role for m in self.memberships)

    def _units_as(self, role: Role) -> frozenset[int]:
        return frozenset(m.unit_id for m in self.memberships if m.role == role)

    def jurisdiction_ids_as(self, role: Role) -> frozenset[int]:
        return frozenset(m.unit.jurisdiction_id for m in self.memberships if m.role == role)

    def _holds_in(self, jurisdiction_id: int, *roles: Role) -> bool:
        return any(m.role in roles and m.unit.jurisdiction_id == jurisdiction_id for m in self.memberships)


def viewer_of(user: User) -> Viewer:
    """The viewer for a signed-in user: one query."""
    memberships = Membership.objects.in_force().filter(user=user).select_related("unit")
    return Viewer(user=user, memberships=tuple(memberships))


def belongs_to(viewer: Viewer, *, unit_id: int) -> bool:
    """A member of the unit, as liaison or head: reads its month, drafts included."""
    return unit_id in viewer.reporting_unit_ids


def has_own_months(viewer: Viewer) -> bool:
    """Who belongs to a unit that may owe reports."""
    return bool(viewer.reporting_unit_ids)


def looks_after_lists(viewer: Viewer) -> bool:
    """Who coordinates a list or oversees a jurisdiction: reads what units hand in, and what is not published yet."""
    return bool(viewer.overseen_jurisdiction_ids or viewer.coordinator_unit_ids)


def oversees(viewer: Viewer) -> bool:
    """Who reads all lists of a jurisdiction, whoever coordinates them."""
    return bool(viewer.overseen_jurisdiction_ids)


def can_fill_report(viewer: Viewer, *, unit_id: int) -> bool:
    """Only the unit's own liaison writes for it."""
    return unit_id in viewer.liaison_unit_ids


def can_sign_report(viewer: Viewer, *, unit_id: int) -> bool:
    """Sign the month, or send it back to the liaison: the unit's own head."""
    return unit_id in viewer.head_unit_ids


def confirming_units(viewer: Viewer) -> list[Unit]:
    """For which this person says, where they assist, whether the lead's report is true: as their liaison."""
    return viewer.liaison_units


def can_read_submitted(viewer: Viewer, *, unit_id: int, coordinating_unit_id: int, jurisdiction_id: int) -> bool:
    """What a unit has submitted, before it is accepted."""
    return (
        belongs_to(viewer, unit_id=unit_id)
        or coordinating_unit_id in viewer.coordinator_unit_ids
        or jurisdiction_id in viewer.overseen_jurisdiction_ids
    )


def can_review(viewer: Viewer, *, coordinating_unit_id: int) -> bool:
    """Accept or return what units reported on a list."""
    return coordinating_unit_id in viewer.coordinator_unit_ids


def can_request_closure(viewer: Viewer, *, lead_unit_ids: set[int]) -> bool:
    return bool(viewer.liaison_unit_ids & lead_unit_ids)


def can_request_extension(viewer: Viewer, *, lead_unit_ids: set[int]) -> bool:
    """Ask for a later deadline, or take that back: a lead unit's liaison."""
    return bool(viewer.liaison_unit_ids & lead_unit_ids)


def can_be_heard(viewer: Viewer, *, unit_id: int) -> bool:
    """Say for an assisting unit what it thinks of a closure: that unit's liaison."""
    return unit_id in viewer.liaison_unit_ids


def can_supervise(viewer: Viewer, *, jurisdiction_id: int) -> bool:
    """Decide on closures and extensions, check on the spot, close instructions; act on what is late."""
    return viewer._holds_in(jurisdiction_id, Role.SUPERVISOR)


def reports(viewer: Viewer) -> bool:
    """A liaison, of whichever unit: fills months and answers."""
    return bool(viewer.liaison_unit_ids)


def heads(viewer: Viewer) -> bool:
    """The head of a unit, whichever: signs its months."""
    return bool(viewer.head_unit_ids)


def coordinates(viewer: Viewer) -> bool:
    """A coordinator, whatever the lists: collects and reviews months."""
    return bool(viewer.coordinator_unit_ids)


def administers(viewer: Viewer) -> bool:
    """An administrator, wherever: is told what is missing or doubtful in the data."""
    return viewer.has(Role.ADMINISTRATOR)


def supervises(viewer: Viewer) -> bool:
    """A supervisor in at least one jurisdiction."""
    return viewer.has(Role.SUPERVISOR)


def can_instruct(viewer: Viewer, *, jurisdiction_id: int) -> bool:
    """Write an instruction on a task: a leader of the jurisdiction."""
    return viewer._holds_in(jurisdiction_id, Role.LEADER)


def can_answer_instruction(viewer: Viewer, *, lead_unit_ids: set[int]) -> bool:
    """Say what was done on an instruction: a lead unit's liaison."""
    return bool(viewer.liaison_unit_ids & lead_unit_ids)


def can_see_overdue(viewer: Viewer) -> bool:
    """The overdue page is for those who oversee or coordinate."""
    return looks_after_lists(viewer)


def works_on_queue(viewer: Viewer) -> bool:
    """Who chases out of the queue and shares selections of it with the colleagues, and does not only read it."""
    return bool(viewer.coordinator_unit_ids or viewer.chasing_jurisdiction_ids)


def sharing_jurisdiction(viewer: Viewer) -> Jurisdiction:
    """With whose colleagues a selection of the queue is shared; only for those who see the queue."""
    return next(
        m.unit.jurisdiction for m in viewer.memberships if m.unit.jurisdiction_id in viewer.queue_jurisdiction_ids
    )


def can_see_overview(viewer: Viewer) -> bool:
    """The leader's page: a list as a whole, for those who oversee it, and for the unit that coordinates it."""
    return looks_after_lists(viewer)


def begins_on_overview(viewer: Viewer) -> bool:
    """A leader who holds no other role has nothing to do elsewhere: the overview is the desk."""
    return bool(viewer.memberships) and all(m.role == Role.LEADER for m in viewer.memberships)


def can_enter_back_office(viewer: Viewer) -> bool:
    """Django's admin: an administrator who is marked as staff, or a superuser."""
    user = viewer.user
    return user.is_active and user.is_staff and (user.is_superuser or viewer.has(Role.ADMINISTRATOR))


def keeps_lists(viewer: Viewer) -> bool:
    """Who maintains the content of lists: coordinators their own, administrators those of the jurisdiction."""
    return viewer.has(Role.ADMINISTRATOR) or viewer.has(Role.COORDINATOR)


def can_import(viewer: Viewer) -> bool:
    return keeps_lists(viewer)


def can_import_into(viewer: Viewer, *, jurisdiction_id: int, coordinating_unit_id: int | None) -> bool:
    """An administrator into any list of the jurisdiction; a coordinator into their own unit's lists."""
    return viewer._holds_in(jurisdiction_id, Role.ADMINISTRATOR) or coordinating_unit_id in viewer.coordinator_unit_ids


def can_see_reminders(viewer: Viewer) -> bool:
    """The pages about everybody's reminders; one's own everybody sees."""
    return looks_after_lists(viewer)


def works_with_reminders(viewer: Viewer) -> bool:
    """Who may act there, not only read."""
    return bool(viewer.coordinator_unit_ids or viewer.chasing_jurisdiction_ids)


def can_set_reminders(viewer: Viewer, *, jurisdiction_id: int, coordinating_unit_id: int) -> bool:
    """A list's ladder, words, groups and pauses."""
    return coordinating_unit_id in viewer.coordinator_unit_ids or viewer._holds_in(jurisdiction_id, Role.ADMINISTRATOR)


def can_chase(viewer: Viewer, *, jurisdiction_id: int, coordinating_unit_id: int) -> bool:
    """Remind units of a list beside the ladder; put back in line what could not be delivered."""
    return coordinating_unit_id in viewer.coordinator_unit_ids or jurisdiction_id in viewer.chasing_jurisdiction_ids


def can_word_for_all(viewer: Viewer) -> bool:
    """The words of reminders, quiet hours and caps for every list that sets none of its own."""
    return viewer.has(Role.ADMINISTRATOR)


def can_see_month(viewer: Viewer, *, coordinating_unit_id: int, jurisdiction_id: int) -> bool:
    """The round as a whole: who is in, late, missing, excused."""
    return coordinating_unit_id in viewer.coordinator_unit_ids or jurisdiction_id in viewer.overseen_jurisdiction_ids


def can_run_month(viewer: Viewer, *, coordinating_unit_id: int) -> bool:
    """Chase, excuse, close and reopen: the list's coordinator."""
    return coordinating_unit_id in viewer.coordinator_unit_ids


def can_keep_rule(viewer: Viewer, *, coordinating_unit_id: int, jurisdiction_id: int) -> bool:
    """The reporting rule and the roster of a list: its coordinator, or an administrator of the jurisdiction.

    Neither of them can make somebody a liaison on the roster: the post is an administrator's to give.
    """
    return coordinating_unit_id in viewer.coordinator_unit_ids or viewer._holds_in(jurisdiction_id, Role.ADMINISTRATOR)


def can_receive_notice(viewer: Viewer, *, unit_id: int) -> bool:
    """Sign for a supervision notice: one of the unit that it is for."""
    return belongs_to(viewer, unit_id=unit_id)


def can_answer_notice(viewer: Viewer, *, unit_id: int) -> bool:
    """Reply to a supervision notice, with evidence: the unit's liaison."""
    return unit_id in viewer.liaison_unit_ids


def can_set_notices(viewer: Viewer, *, jurisdiction_id: int) -> bool:
    """Numbers, deadlines and cap of a list's notices."""
    return viewer._holds_in(jurisdiction_id, Role.SUPERVISOR, Role.ADMINISTRATOR)


def can_score(viewer: Viewer, *, jurisdiction_id: int) -> bool:
    """Compute and publish a round's scores, decide on objections."""
    return viewer._holds_in(jurisdiction_id, Role.SUPERVISOR)


def can_keep_scores(viewer: Viewer, *, jurisdiction_id: int) -> bool:
    """Change the rules that scores are drawn from."""
    return viewer._holds_in(jurisdiction_id, Role.SUPERVISOR, Role.ADMINISTRATOR)


def can_read_score_lines(viewer: Viewer, *, unit_id: int, coordinating_unit_id: int, jurisdiction_id: int) -> bool:
    """What a unit lost and gained points for, and what it objected to."""
    return can_read_submitted(
        viewer, unit_id=unit_id, coordinating_unit_id=coordinating_unit_id, jurisdiction_id=jurisdiction_id
    )


def can_object(viewer: Viewer, *, unit_id: int) -> bool:
    """Object to a line of their own unit's score: its liaison or its head."""
    return belongs_to(viewer, unit_id=unit_id)


def can_set_lights(viewer: Viewer, *, coordinating_unit_id: int, jurisdiction_id: int) -> bool:
    """The thresholds of a list's lights and the milestones of its tasks; all of the jurisdiction may read them."""
    return coordinating_unit_id in viewer.coordinator_unit_ids or viewer._holds_in(jurisdiction_id, Role.ADMINISTRATOR)


def can_write_bulletin(viewer: Viewer, *, coordinating_unit_id: int) -> bool:
    """Draft, edit, submit, publish and recall a list's bulletins, and set their form: the list's coordinator."""
    return coordinating_unit_id in viewer.coordinator_unit_ids


def can_approve_bulletin(viewer: Viewer, *, jurisdiction_id: int) -> bool:
    """Approve a bulletin or send it back: a supervisor or leader of the list's jurisdiction."""
    return viewer._holds_in(jurisdiction_id, Role.SUPERVISOR, Role.LEADER)
