"""Django's admin: for administrators only, in Chinese, and everything done in it is in the log."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse

from tasks_app.audit.actions import first_broken
from tasks_app.audit.models import Event
from tasks_app.outbox.actions import enqueue
from tasks_app.outbox.models import Message
from tasks_app.schedule.models import Obligation, ReportingRule
from tasks_app.units.models import Unit
from tasks_app.workdays.models import DayException
from tests.factories import beijing

MODELS = sorted(model._meta.model_name for model in admin.site._registry)
READ_ONLY = {"event", "message"}


def address(model: str, page: str, *args: object) -> str:
    return reverse(f"admin:tasks_app_{model}_{page}", args=args)


@pytest.fixture
def keeper(signed_in):
    return signed_in("administrator")


@pytest.fixture
def rows(world):
    """A row of every model that the admin shows."""
    world.submit("liaison", percent=10, at="2024-08-02 10:00")
    DayException.objects.create(day="2024-10-01", is_workday=False, name="国庆节")
    words = {"key": "x", "subject": "x", "body": "x", "path": "/", "topic": "x", "at": beijing("2024-08-02 10:00")}
    enqueue(recipient=world.people["leader"], **words)


@pytest.mark.parametrize("model", MODELS)
def test_every_page_opens_for_the_administrator(model, keeper, rows):
    pages = [address(model, "changelist")]
    row = next(m for m in admin.site._registry if m._meta.model_name == model)._default_manager.first()
    pages.append(address(model, "change", row.pk))
    if model not in READ_ONLY | {"tasklist"}:
        pages.append(address(model, "add"))
        pages.append(address(model, "delete", row.pk))
    assert {page: keeper.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


@pytest.mark.parametrize("who", ["liaison", "coordinator", "supervisor", "leader", "stranger"])
def test_nobody_else_gets_in(who, signed_in):
    browser = signed_in(who)
    answer = browser.get(address("unit", "changelist"))
    assert answer.status_code == 302
    assert browser.get(answer["Location"]).status_code == 403


def test_who_is_not_signed_in_is_sent_to_the_one_sign_in_page(client, world):
    first = client.get("/admin/")["Location"]
    assert client.get(first)["Location"] == "/login/?next=/admin/"


def test_staff_without_the_role_does_not_get_in(world, signed_in):
    leader = world.people["leader"]
    leader.is_staff = True
    leader.save()
    browser = signed_in("leader")
    assert browser.get(browser.get("/admin/")["Location"]).status_code == 403


def test_records_can_be_read_and_not_touched(keeper, rows):
    event = Event.objects.first()
    assert keeper.post(address("event", "change", event.pk), {"reason": "x"}).status_code == 403
    assert keeper.post(address("event", "delete", event.pk), {"post": "yes"}).status_code == 403
    assert keeper.get(address("message", "add")).status_code == 403


def unit_form(unit: Unit, **words) -> dict[str, object]:
    form = {
        "jurisdiction": unit.jurisdiction_id, "name": unit.name, "kind": unit.kind, "county": unit.county_id or "",
        "order": unit.order, "aliases-TOTAL_FORMS": 0, "aliases-INITIAL_FORMS": 0,
        "memberships_of_group-TOTAL_FORMS": 0, "memberships_of_group-INITIAL_FORMS": 0, "active": "on",
    }  # fmt: skip
    return {**form, **words}


def test_a_changed_unit_is_in_the_log_with_before_and_after(world, keeper):
    unit = world.units["市政府办公室"]
    answer = keeper.post(address("unit", "change", unit.pk), unit_form(unit, order=99))
    assert answer.status_code == 302
    event = Event.objects.get(verb="admin.change")
    assert (event.before, event.after) == ({"order": 13}, {"order": 99})
    assert event.by_id == world.people["administrator"].pk
    assert first_broken() is None


def test_saving_without_a_change_writes_nothing(world, keeper):
    unit = world.units["市政府办公室"]
    before = Event.objects.count()
    keeper.post(address("unit", "change", unit.pk), unit_form(unit))
    assert Event.objects.count() == before


def test_a_new_alias_is_recorded_and_lies_in_the_units_jurisdiction(world, keeper):
    unit = world.units["市教育局"]
    words = {"aliases-TOTAL_FORMS": 1, "aliases-0-name": "市教委", "aliases-0-unit": unit.pk, "aliases-0-id": ""}
    assert keeper.post(address("unit", "change", unit.pk), unit_form(unit, **words)).status_code == 302
    alias = unit.aliases.get()
    assert alias.jurisdiction == unit.jurisdiction
    assert Event.objects.get(verb="admin.add").target_text == "市教委"


def test_an_alias_that_names_another_unit_is_refused_in_words(world, keeper):
    unit = world.units["市教育局"]
    words = {"aliases-TOTAL_FORMS": 1, "aliases-0-name": "市住房城乡建设局", "aliases-0-unit": unit.pk}
    answer = keeper.post(address("unit", "change", unit.pk), unit_form(unit, **words))
    assert "在本辖区已指“市住房建设局”" in answer.content.decode()
    assert not unit.aliases.exists()


def test_who_leaves_a_group_owes_nothing_for_it_any_more(world, keeper):
    group = world.units["各县区政府"]
    rows = list(group.memberships_of_group.order_by("pk"))
    words = {"memberships_of_group-TOTAL_FORMS": 2, "memberships_of_group-INITIAL_FORMS": 2}
    for n, row in enumerate(rows):
        words |= {
            f"memberships_of_group-{n}-id": row.pk,
            f"memberships_of_group-{n}-group": group.pk,
            f"memberships_of_group-{n}-member": row.member_id,
        }
        if row.member.name == "平安区政府":
            words[f"memberships_of_group-{n}-DELETE"] = "on"
    assert keeper.post(address("unit", "change", group.pk), unit_form(group, **words)).status_code == 302
    assert not Obligation.objects.filter(unit__name="平安区政府").exists()
    assert Event.objects.filter(verb="admin.delete", target_type="groupmember").exists()
    assert Event.objects.filter(verb="schedule.derive_obligations", after__removed=2).exists()


def test_a_rule_without_assisting_kinds_frees_the_counties(world, keeper):
    rule = ReportingRule.objects.get()
    form = {
        "task_list": rule.task_list_id, "frequency": "monthly",
        "return_workdays": 2, "day": 20, "time": "18:00", "free_day_policy": "keep",
        "first_due_at_0": "2024-07-10", "first_due_at_1": "18:00", "ends_on": "", "text": "",
    }  # fmt: skip
    assert keeper.post(address("reportingrule", "change", rule.pk), form).status_code == 302
    assert not Obligation.objects.filter(unit__kind="county_government").exists()
    event = Event.objects.get(verb="admin.change")
    assert event.before["day"] == 5
    assert event.after["day"] == 20


def test_a_day_that_no_month_has_is_refused(world, keeper):
    rule = ReportingRule.objects.get()
    answer = keeper.post(address("reportingrule", "change", rule.pk), {"day": 32})
    assert "请填 1 到 31" in answer.content.decode()


def test_stricter_thresholds_change_the_lights_at_once(world, keeper):
    form = {"red_behind": 3, "yellow_behind": 1, "red_misses": 2, "yellow_days": 30, "yellow_below": 80}
    assert world.task(1).standing.light != "red"
    assert keeper.post(address("tasklist", "change", world.task_list.pk), form).status_code == 302
    assert world.task(1).standing.light == "red"


def test_a_new_person_with_a_role_is_recorded_without_the_password(world, keeper):
    form = {
        "username": "newcomer", "name": "市教育局新联络员", "email": "n@example.test", "usable_password": "true",
        "password1": "a long enough phrase", "password2": "a long enough phrase",
        "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert keeper.post(address("user", "add"), form).status_code == 302
    event = Event.objects.get(verb="admin.add")
    assert event.after["username"] == "newcomer"
    assert "password" not in event.after


def test_a_password_set_by_the_administrator_is_in_the_log(world, keeper):
    person = world.people["liaison"]
    page = reverse("admin:auth_user_password_change", args=[person.pk])
    form = {"usable_password": "true", "password1": "a long enough phrase", "password2": "a long enough phrase"}
    assert keeper.post(page, form).status_code == 302
    assert Event.objects.get(verb="admin.change_password").target_id == person.pk


def test_deleting_several_records_each(world, keeper):
    days = [DayException.objects.create(day=f"2024-10-0{n}", is_workday=False, name="国庆节") for n in (1, 2)]
    form = {"action": "delete_selected", "_selected_action": [d.pk for d in days], "post": "yes"}
    assert keeper.post(address("dayexception", "changelist"), form).status_code == 302
    assert Event.objects.filter(verb="admin.delete", target_type="dayexception").count() == 2


def test_an_administrator_cannot_make_a_superuser(world, keeper):
    me = world.people["administrator"]
    page = keeper.get(address("user", "change", me.pk)).content.decode()
    assert 'name="is_superuser"' not in page
    assert 'name="is_staff"' not in page


def test_the_admin_speaks_chinese_and_has_no_django_groups(keeper):
    assert "督办台账后台" in keeper.get("/admin/").content.decode()
    assert Group not in admin.site._registry


@pytest.mark.parametrize("model", sorted(set(MODELS) - READ_ONLY - {"tasklist"}))
def test_no_english_sentence_of_django_is_left_on_a_form(model, keeper):
    _bars, _found, page = keeper.get(address(model, "add")).content.decode().partition('id="content"')
    said = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", page)
    assert re.findall(r"[A-Z][a-z’']+(?: [A-Za-z’']+){3,}", said) == []


@pytest.mark.parametrize("model", MODELS)
def test_no_english_is_left_around_the_data(model, keeper, rows):
    """Headings, labels, buttons and what icons say: everything but the data themselves and their codes."""
    row = next(m for m in admin.site._registry if m._meta.model_name == model)._default_manager.first()
    pages = ["/admin/", address(model, "changelist"), address(model, "change", row.pk)]
    if model not in READ_ONLY | {"tasklist"}:
        pages.append(address(model, "delete", row.pk))
    if model == "user":
        pages.append(reverse("admin:auth_user_password_change", args=[row.pk]))
    found = {page: _around_the_data(keeper.get(page).content.decode()) for page in pages}
    assert found == {page: [] for page in pages}


def test_when_a_message_may_leave_is_told_in_local_time(keeper, rows):
    message = Message.objects.filter(not_before=beijing("2024-08-02 10:00")).first()
    page = keeper.get(address("message", "change", message.pk)).content.decode()
    assert "最早发送时间" in page
    assert page.count("2024年8月2日 10:00") == 2, "and so is when it was written"


def test_a_refused_form_says_so_in_the_title_in_chinese(keeper):
    page = keeper.post(address("unit", "add"), {}).content.decode()
    assert "<title>有误： 增加 单位" in re.sub(r"\s+", " ", page)


def _around_the_data(page: str) -> list[str]:
    page = re.sub(r"(?s)<(script|style|pre)\b.*?</\1>", "", page)
    words = re.findall(r'(?s)<(th|label|h3|h4|legend|caption|button|li class="warning")\b([^>]*)>(.*?)</', page)
    said = [re.sub(r"<[^>]*>", " ", inner) for _tag, marks, inner in words if 'class="field-' not in marks]
    said += re.findall(r'\b(?:alt|aria-label|placeholder)="([^"]*)"', page)
    return sorted({text.strip() for text in said if re.search(r"[A-Za-z]{3}", text)})
