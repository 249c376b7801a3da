"""A small city, built through the actions: the cast and the list that most tests play with.

海东市 has a coordinating unit, two departments, two of its county governments as a group, and a
supervision office; 格尔木市 has a 市教育局 of its own, whose people must see nothing of all this. Nor may who left a
post, whose account was closed, or whose unit was abolished. A second coordinator has no list yet
(`tests.support.neighbours` gives it one), and supervisors there are two.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership, User
from tasks_app.catalogue.actions import apply_items, save_list
from tasks_app.catalogue.items import Item, Target
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.lib.dates import BEIJING
from tasks_app.reminders.actions import save_ladder
from tasks_app.reminders.occasions import DEFAULT_LADDER
from tasks_app.reporting.actions import EntryDraft, open_periods, refresh_standings, save_entries, submit_report
from tasks_app.reporting.models import MonthlyReport
from tasks_app.schedule.actions import derive_obligations, save_rule
from tasks_app.schedule.models import Period
from tasks_app.units.actions import sync_units
from tasks_app.units.models import Unit

PASSWORD = "correct horse battery"
START = dt.date(2024, 7, 9)
YEAR_END = dt.date(2024, 12, 31)

JURISDICTIONS = [
    ("630000", "青海省", "青海省", "province", "", "1"),
    ("630200", "海东市", "海东市", "prefecture", "630000", "1"),
    ("630202", "乐都区", "乐都区", "county", "630200", "1"),
    ("630203", "平安区", "平安区", "county", "630200", "2"),
    ("632801", "格尔木市", "格尔木市", "county", "630000", "9"),
]
UNITS = [
    ("630200", "乐都区政府", "county_government", "630202", "1"),
    ("630200", "平安区政府", "county_government", "630203", "2"),
    ("630200", "海东工业园区管委会", "park_committee", "", "3"),
    ("630200", "市发展改革委", "municipal_department", "", "10"),
    ("630200", "市住房建设局", "municipal_department", "", "11"),
    ("630200", "市教育局", "municipal_department", "", "12"),
    ("630200", "市政府办公室", "office", "", "13"),
    ("630200", "市政府办公室督查室", "office", "", "14"),
    ("630200", "各县区政府", "group", "", "20"),
    ("630200", "市能源局", "municipal_department", "", "21"),
    ("632801", "市教育局", "municipal_department", "", "1"),
]
# Its people stay in their posts; the unit is no more.
ABOLISHED = "市能源局"
ITEMS = (
    Item(
        seq=1,
        no="1",
        path=("一、城市建设", "(一) 公共资源"),
        key_task="推动城乡公共资源均衡配置",
        content="改造城镇老旧小区 2000 套。",
        lead_units=("市住房建设局",),
        assist_units=("各县区政府",),
        lead_text="市住房建设局",
        assist_text="各县区政府",
        due_on=YEAR_END,
        due_basis="default",
        targets=(Target(text="改造城镇老旧小区 2000 套", subject="改造城镇老旧小区", value=2000, unit="套"),),  # type: ignore[arg-type]
    ),
    Item(
        seq=2,
        no="2",
        path=("一、城市建设", "(一) 公共资源"),
        key_task="建设宜居宜业和美乡村",
        content="年内建设和美乡村 15 个，其中：乐都区 10 个、平安区 5 个。",
        lead_units=("市住房建设局",),
        assist_units=("各县区政府",),
        due_on=YEAR_END,
        due_text="年内",
        due_basis="explicit",
        targets=(
            Target(text="年内建设和美乡村 15 个", subject="建设和美乡村", value=15, unit="个"),  # type: ignore[arg-type]
            Target(
                text="乐都区 10 个", subject="建设和美乡村", value=10, unit="个",  # type: ignore[arg-type]
                kind="breakdown", county="乐都区",
            ),
            Target(
                text="平安区 5 个", subject="建设和美乡村", value=5, unit="个",  # type: ignore[arg-type]
                kind="breakdown", county="平安区",
            ),
        ),
    ),
    Item(
        seq=3,
        no="3",
        path=("二、公共服务", "(一) 教育"),
        key_task="深化教育合作",
        content="新增结对校，仅乐都区参加。",
        lead_units=("市教育局",),
        assist_units=("各县区政府", "市发展改革委"),
        counties=("乐都区",),
        due_on=dt.date(2024, 10, 31),
        due_text="10月底前",
        due_basis="explicit",
    ),
    Item(
        seq=4,
        no="4",
        path=("二、公共服务", "(二) 园区"),
        key_task="推动城市道路优化",
        content="开工建设职教路等主要道路。",
        lead_units=("海东工业园区管委会",),
        due_on=YEAR_END,
        due_basis="default",
    ),
)  # fmt: skip
# Who signs in by which name: roles, jurisdiction, unit. `liaison` and `colleague` are of units that share a task.
CAST = {
    "liaison": ((Role.LIAISON,), "630200", "市住房建设局"),
    "colleague": ((Role.LIAISON,), "630200", "乐都区政府"),
    "head": ((Role.HEAD,), "630200", "市住房建设局"),
    "school": ((Role.LIAISON,), "630200", "市教育局"),
    "coordinator": ((Role.COORDINATOR,), "630200", "市发展改革委"),
    "neighbour": ((Role.COORDINATOR,), "630200", "市教育局"),
    "supervisor": ((Role.SUPERVISOR,), "630200", "市政府办公室督查室"),
    "inspector": ((Role.SUPERVISOR,), "630200", "市政府办公室"),
    "leader": ((Role.LEADER,), "630200", "市政府办公室"),
    "administrator": ((Role.ADMINISTRATOR,), "630200", "市政府办公室"),
    "stranger": ((Role.LIAISON,), "632801", "市教育局"),
    "outsider": (tuple(role for role in Role if role != Role.LIAISON), "632801", "市教育局"),
    "retired": (tuple(Role), "630200", ABOLISHED),
}
# Who held the posts of the others before them: by an ended membership, and by a closed account.
POSTS = [CAST[who] for who in ("liaison", "head", "coordinator", "supervisor", "leader", "administrator")]
FORMER = {"left": "前任联络员", "gone": "停用的联络员"}


def beijing(text: str) -> dt.datetime:
    """A moment from Beijing wall-clock text such as "2024-08-05 18:00"."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@dataclass
class World:
    """The small city: `people` by cast name, `units` by name (Haidong's), `tasks` by number."""

    task_list: TaskList
    people: dict[str, User] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)

    def task(self, no: int) -> Task:
        return self.task_list.tasks.get(seq=no)

    def open(self, until: str) -> Period:
        """Open all periods up to a Beijing moment; the newest."""
        at = beijing(until)
        open_periods(by=None, at=at)
        refresh_standings(today=at.date())
        return self.task_list.periods.latest("opens_at")

    def report(self, who: str, period: Period | None = None) -> MonthlyReport:
        """The report of a cast member's unit (in the newest period)."""
        period = period or self.task_list.periods.latest("opens_at")
        return period.reports.get(unit__memberships__user=self.people[who])

    def fill(self, report: MonthlyReport, *, percent: int, text: str, by: str, at: str) -> None:
        """Fill every entry of a report with the same words."""
        drafts = [
            EntryDraft(
                entry_id=entry.pk,
                version=entry.version,
                percent=percent,
                done_text=text,
                problem_text="",
                next_text="",
                no_progress=False,
            )
            for entry in report.entries.all()
        ]
        save_entries(report=report, drafts=drafts, by=self.people[by], at=beijing(at))

    def submit(self, who: str, *, percent: int, at: str, text: str = "已完成招标。") -> MonthlyReport:
        """A cast member fills and submits the newest report at a moment."""
        report = self.report(who)
        self.fill(report, percent=percent, text=text, by=who, at=at)
        return submit_report(report=report, by=self.people[who], at=beijing(at))


def build_world() -> World:
    """The small city with its list, rule, obligations, ladder and people; no period is open yet."""
    at = beijing("2024-07-09 09:00")
    columns = ("code", "name", "short_name", "kind", "parent_code", "order")
    sync_units(
        jurisdictions=[dict(zip(columns, row, strict=True)) for row in JURISDICTIONS],
        units=[
            dict(zip(("jurisdiction_code", "name", "kind", "county_code", "order"), row, strict=True)) for row in UNITS
        ],
        aliases=[{"jurisdiction_code": "630200", "alias": "市住房城乡建设局", "unit": "市住房建设局"}],
        groups=[
            {"jurisdiction_code": "630200", "group": "各县区政府", "member": name}
            for name in ("乐都区政府", "平安区政府")
        ],
        by=None,
        at=at,
    )
    units = {unit.name: unit for unit in Unit.objects.filter(jurisdiction__code="630200")}
    task_list = save_list(
        slug="test-2024",
        document={
            "number": "东政办〔2024〕69号",
            "title": "海东市2024年重点任务清单的通知",
            "issuer": "海东市人民政府办公室",
            "issued_on": START,
        },
        values={
            "title": "海东市2024年重点任务清单",
            "jurisdiction": units["市发展改革委"].jurisdiction,
            "coordinating_unit": units["市发展改革委"],
            "year": 2024,
            "starts_on": START,
        },
        by=None,
        at=at,
    )
    apply_items(task_list=task_list, items=ITEMS, by=None, at=at)
    save_rule(
        task_list=task_list,
        values={
            "day": 5,
            "first_due_at": beijing("2024-07-10 18:00"),
            "assisting_kinds": ["county_government", "park_committee"],
        },
        by=None,
        at=at,
    )
    save_ladder(task_list=task_list, steps=DEFAULT_LADDER, by=None, at=at)
    derive_obligations(task_list=task_list, by=None, at=at)
    refresh_standings(today=at.date())
    password = make_password(PASSWORD)
    people = {
        username: _person(username, f"{unit}{roles[0].label}", [(role, code, unit) for role in roles], password, at)
        for username, (roles, code, unit) in CAST.items()
    }
    for username, name in FORMER.items():
        posts = [(role, code, unit) for roles, code, unit in POSTS for role in roles]
        people[username] = _person(username, name, posts, password, at)
    Membership.objects.filter(user=people["left"]).update(active=False)
    User.objects.filter(pk=people["gone"].pk).update(is_active=False)
    Unit.objects.filter(name=ABOLISHED).update(active=False)
    return World(task_list=task_list, people=people, units=units)


def _person(username: str, name: str, posts: list[tuple[Role, str, str]], password: str, at: dt.datetime) -> User:
    places = [(role, Unit.objects.get(jurisdiction__code=code, name=unit)) for role, code, unit in posts]
    role, unit = places[0]
    person = add_person(
        username=username,
        name=name,
        email=f"{username}@example.test",
        password_hash=password,
        unit=unit,
        role=role,
        by=None,
        at=at,
        is_staff=len(posts) == 1 and role == Role.ADMINISTRATOR,
    )
    for role, unit in places[1:]:
        Membership.objects.create(user=person, unit=unit, role=role)
    return person
