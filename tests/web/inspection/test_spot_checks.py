"""现场核查 on the pages."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tasks_app.inspection.models import SpotCheck
from tests.inspection.test_spot_checks import SEEN, visit
from tests.support.markup import on_one_line

FOUND = "已开工 800 套，与所报一致。"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def making(world):
    return reverse("spot_check_make", args=[world.task(1).pk])


def typed(**other):
    return {"unit": "", "place": "职教路工地", "day": "2024-08-02", "light": "green", "finding": FOUND} | other


def photo(name="现场.jpg", content=b"\xff\xd8\xff1"):
    return SimpleUploadedFile(name, content, "image/jpeg")


@pytest.fixture
def check(world, signed_in):
    signed_in("supervisor").post(making(world), typed(file=[photo()]))
    return SpotCheck.objects.get()


def to(name, check):
    return reverse(name, args=[check.pk])


def test_the_supervisor_keeps_what_was_seen_with_its_photo(world, signed_in):
    client = signed_in("supervisor")
    assert making(world) in client.get(f"/tasks/{world.task(1).pk}/").text
    form = on_one_line(client.get(making(world)).text)
    assert 'accept="image/*" capture="environment"' in form
    assert 'value="2024-08-02"' in form
    answer = client.post(making(world), typed(file=[photo()]), follow=True)
    assert FOUND in answer.text
    assert "现场.jpg" in answer.text
    assert "实地核查" in client.get(f"/tasks/{world.task(1).pk}/").text


def test_a_photo_that_is_none_is_told_and_the_visit_stands(world, signed_in):
    answer = signed_in("supervisor").post(making(world), typed(file=[photo(content=b"GIF89a")]), follow=True)
    assert "没有上传" in answer.text
    assert SpotCheck.objects.exists()


def test_what_is_missing_is_told_and_a_day_to_come_is_refused_with_the_words_kept(world, signed_in):
    client = signed_in("supervisor")
    assert "请选核实的状态" in client.post(making(world), typed(light="")).text
    answer = client.post(making(world), typed(day="2024-08-03"))
    assert answer.status_code == 409
    assert "不能晚于今天" in answer.text
    assert FOUND in answer.text
    assert not SpotCheck.objects.exists()


@pytest.mark.parametrize("who", ["liaison", "coordinator", "leader", "administrator"])
def test_only_a_supervisor_makes_one(world, signed_in, who):
    assert signed_in(who).post(making(world), typed()).status_code == 403
    assert making(world) not in signed_in(who).get(f"/tasks/{world.task(1).pk}/").text


READERS = ["liaison", "head", "coordinator", "supervisor", "leader", "administrator"]


@pytest.mark.parametrize("who", [*READERS, "colleague", "school", "stranger"])
def test_visit_and_photo_are_for_who_oversees_or_coordinates_and_for_the_leads(signed_in, check, who):
    client = signed_in(who)
    status = 200 if who in READERS else 404
    assert client.get(to("spot_check", check)).status_code == status
    assert client.get(reverse("spot_check_file", args=[check.files.get().pk])).status_code == status
    assert (FOUND in client.get("/spot-checks/").text) is (who in READERS)


def test_it_is_corrected_with_a_reason_and_what_stood_there_stays_readable(signed_in, check):
    client = signed_in("supervisor")
    address = to("spot_check_correct", check)
    assert FOUND in client.get(address).text
    posted = typed(finding="只开工 80 套。", light="red", version=0, reason="少看了一个零")
    answer = client.post(address, posted, follow=True)
    assert "只开工 80 套。" in answer.text
    assert FOUND in answer.text
    assert "少看了一个零" in answer.text
    assert signed_in("leader").post(address, posted).status_code == 403
    assert signed_in("school").post(address, posted).status_code == 404


def test_of_two_corrections_at_once_the_second_sees_the_first_and_keeps_its_own_words(signed_in, check):
    client = signed_in("supervisor")
    address = to("spot_check_correct", check)
    client.post(address, typed(finding="第一人改的", version=0, reason="一"))
    answer = client.post(address, typed(finding="第二人改的", version=0, reason="二"))
    assert answer.status_code == 409
    assert "第一人改的" in answer.text
    assert "第二人改的" in answer.text
    assert 'name="version" value="1"' in answer.text


def test_photos_are_added_later_by_the_supervisor_alone(signed_in, check):
    address = to("spot_check_files", check)
    signed_in("supervisor").post(address, {"file": photo("第二张.jpg", b"\xff\xd8\xff2")})
    assert check.files.count() == 2
    assert signed_in("leader").post(address, {"file": photo()}).status_code == 403


def test_the_list_is_narrowed_by_the_address(world, signed_in, check):
    client = signed_in("supervisor")
    link = to("spot_check", check)
    assert link in client.get("/spot-checks/?light=green").text
    assert link not in client.get("/spot-checks/?light=red").text
    differing = "finding" if check.is_finding else "agreeing"
    assert link in client.get(f"/spot-checks/?agrees={differing}").text
    assert link in client.get("/spot-checks/?q=城乡公共资源").text
    assert "没有符合条件的核查" in client.get("/spot-checks/?q=不存在的词").text
    assert "已忽略" in client.get("/spot-checks/?light=purple").text


def test_visits_that_agree_and_that_differ_are_told_apart(world, signed_in):
    computed = world.task(1).standing.light
    same = visit(world, replace(SEEN, light=computed if computed in ("green", "yellow", "red") else "green"))
    other = visit(world, replace(SEEN, light="red" if same.light != "red" else "green"), no=2)
    SpotCheck.objects.filter(pk=same.pk).update(computed_light=same.light, own_light="")
    SpotCheck.objects.filter(pk=other.pk).update(computed_light=same.light, own_light="")
    client = signed_in("supervisor")
    for value, shown in (("agreeing", same), ("finding", other)):
        page = client.get(f"/spot-checks/?agrees={value}").text
        assert [one for one in (same, other) if one.get_absolute_url() in page] == [shown]
