"""The roster's page: naming, handing over, the file."""

import pytest
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.handover.actions import set_place
from tasks_app.roster.models import RosterPlace
from tests.factories import beijing

PAGE = "/lists/test-2024/roster/"


@pytest.fixture
def second(world):
    return add_person(
        username="second", name="市住房建设局第二联络员", email="second@example.test", password_hash=make_password("x"),
        unit=world.units["市住房建设局"], role=Role.LIAISON, by=None, at=beijing("2024-08-02 10:00"),
    )  # fmt: skip


def upload(client, text, encoding="utf-8"):
    return client.post(PAGE + "import/", {"file": SimpleUploadedFile("名册.csv", text.encode(encoding))}, follow=True)


def test_a_unit_is_named_and_handed_over(world, second, signed_in):
    client, unit = signed_in("coordinator"), world.units["市住房建设局"].pk
    html = client.post(PAGE + "set/", {"unit": unit, "liaison": world.people["liaison"].pk}, follow=True).text
    assert "市住房建设局已登记" in html
    html = client.post(PAGE + "hand-over/", {"unit": unit, "to": second.pk, "reason": "岗位调整"}, follow=True).text
    assert "已交接给市住房建设局第二联络员" in html
    assert RosterPlace.objects.get().liaison == second
    html = client.post(
        PAGE + "hand-over/", {"unit": unit, "to": world.people["school"].pk, "reason": "试"}, follow=True
    )
    assert "不是市住房建设局在任的联络员" in html.text


def test_units_without_anybody_stand_at_the_top(world, signed_in):
    html = signed_in("coordinator").get(PAGE).text
    assert "有 2 家单位没有在任的联络员" in html


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_from_excel_or_wps_is_taken_in(world, second, signed_in, encoding):
    html = upload(
        signed_in("coordinator"), "单位,联络员账号,替补账号\n市住房城乡建设局,liaison,second\n", encoding
    ).text
    assert "名册已导入：1 行，变动 1 家单位" in html


def test_a_file_with_one_wrong_row_sets_nothing_and_says_where(world, signed_in):
    answer = upload(signed_in("coordinator"), "单位,联络员账号\n市教育局,school\n市住房建设局,nobody\n")
    assert answer.status_code == 422
    assert "第 3 行 联络员账号" in answer.text
    assert not RosterPlace.objects.exists()


@pytest.mark.parametrize("content", ["", "甲,乙\n1,2\n", "\x00\x01\x02"])
def test_what_is_no_roster_is_refused_in_words(world, signed_in, content):
    answer = upload(signed_in("coordinator"), content)
    assert answer.status_code == 422
    assert "名册没有导入" in answer.text


def test_the_file_that_is_given_out_can_be_taken_in_again(world, signed_in):
    client = signed_in("coordinator")
    upload(client, "单位,联络员账号\n市教育局,school\n乐都区政府,colleague\n市住房建设局,liaison\n")
    text = b"".join(client.get("/lists/test-2024/roster.csv").streaming_content).decode("utf-8-sig")
    kept = "\n".join(line for line in text.splitlines() if not line.endswith(",,"))
    assert "变动 0 家单位" in upload(client, kept).text


@pytest.mark.parametrize(
    ("who", "status"), [("liaison", 403), ("supervisor", 403), ("administrator", 200), ("stranger", 404)]
)
def test_who_keeps_the_roster(world, signed_in, who, status):
    assert signed_in(who).get(PAGE).status_code == status
    assert signed_in(who).post(PAGE + "import/").status_code == (422 if status == 200 else status)


def test_a_liaison_is_replaced_by_a_hand_over_only(world, signed_in):
    unit, by, first = world.units["市住房建设局"], world.people["coordinator"], world.people["liaison"]
    second = add_person(
        username="second",
        name="第二联络员",
        email="s@example.test",
        password_hash="!",
        unit=unit,
        role=Role.LIAISON,
        by=None,
        at=beijing("2024-08-02 09:00"),
    )
    place = set_place(
        task_list=world.task_list, unit=unit, liaison=first, deputy=None, by=by, at=beijing("2024-08-02 10:00")
    )
    address = reverse("roster_set", args=[world.task_list.slug])
    answer = signed_in("coordinator").post(address, {"unit": unit.pk, "liaison": second.pk, "deputy": ""}, follow=True)
    assert "更换联络员请用“交接”" in answer.text
    place.refresh_from_db()
    assert place.liaison == first
