"""Signing in, being kept out, and changing the password."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tasks_app.audit.models import Event
from tests.factories import PASSWORD

WRONG = "用户名或密码不正确"


def sign_in(client: Client, username: str = "liaison", password: str = PASSWORD, **more: str):
    return client.post("/login/", {"username": username, "password": password, **more})


def said(answer) -> str:
    return answer.content.decode()


def test_who_signs_in_lands_on_the_desk(world, client):
    assert sign_in(client)["Location"] == "/"


def test_the_sign_in_page_can_be_read_in_english_before_signing_in(client, db):
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/login/"})
    assert answer["Location"] == "/login/"
    assert 'lang="en"' in said(client.get("/login/"))


def test_blanks_around_the_user_name_do_no_harm(world, client):
    assert sign_in(client, username="  liaison ")["Location"] == "/"


def test_after_signing_in_one_is_back_where_one_wanted_to_be(world, client):
    first = client.get("/messages/")
    assert first["Location"] == "/login/?next=/messages/"
    assert "请先登录" in said(client.get(first["Location"]))
    assert sign_in(client, next="/messages/")["Location"] == "/messages/"


@pytest.mark.parametrize("away", ["https://example.test/", "//example.test/", "javascript:alert(1)"])
def test_nobody_is_sent_to_a_foreign_address(away, world, client):
    assert sign_in(client, next=away)["Location"] == "/"


@pytest.mark.parametrize(("username", "password"), [("liaison", "wrong"), ("nobody", PASSWORD)])
def test_which_of_the_two_was_wrong_is_not_told(username, password, world, client):
    answer = sign_in(client, username=username, password=password)
    assert answer.status_code == 200
    assert WRONG in said(answer)


def test_an_account_that_is_switched_off_is_told_so_to_who_knows_its_password(world, client):
    world.people["liaison"].is_active = False
    world.people["liaison"].save()
    assert "已停用" in said(sign_in(client))
    assert WRONG in said(sign_in(client, password="wrong"))


def test_too_many_wrong_passwords_lock_the_account_and_not_the_others(world, client):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(client, password="wrong")
    assert answer.status_code == 429
    assert "登录已暂停" in said(answer)
    assert sign_in(client).status_code == 429
    assert sign_in(client, username="colleague")["Location"] == "/"


def test_a_password_from_the_administrator_lifts_the_lock(world, client, signed_in):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, password="wrong")
    page = reverse("admin:auth_user_password_change", args=[world.people["liaison"].pk])
    form = {"usable_password": "true", "password1": "a new and longer phrase", "password2": "a new and longer phrase"}
    assert signed_in("administrator").post(page, form).status_code == 302
    assert sign_in(client, password="a new and longer phrase")["Location"] == "/"


def test_demo_accounts_are_shown_in_the_demo_only(world, client, settings):
    assert "演示账号" not in said(client.get("/login/"))
    settings.DEMO = True
    page = said(client.get("/login/"))
    assert 'data-fill-username="coordinator"' in page
    assert "汇总员" in page


def test_who_is_signed_in_does_not_see_the_sign_in_page_again(signed_in):
    assert signed_in("liaison").get("/login/")["Location"] == "/"


def test_signing_out_takes_a_form(signed_in):
    browser = signed_in("liaison")
    assert browser.get("/logout/").status_code == 405
    assert browser.post("/logout/")["Location"] == "/login/"
    assert browser.get("/")["Location"] == "/login/?next=/"


def change(browser: Client, old: str = PASSWORD, new: str = "another long phrase", again: str = "") -> object:
    return browser.post("/password/", {"old_password": old, "new_password1": new, "new_password2": again or new})


def test_a_changed_password_ends_the_other_sessions_and_is_in_the_log(world, signed_in, client):
    here, elsewhere = signed_in("liaison"), signed_in("liaison")
    assert change(here)["Location"] == "/password/done/"
    assert "密码已修改" in said(here.get("/password/done/"))
    assert elsewhere.get("/")["Location"] == "/login/?next=/"
    assert sign_in(client, password="another long phrase")["Location"] == "/"
    assert Event.objects.get(verb="accounts.change_password").by_id == world.people["liaison"].pk


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ({"old": "wrong"}, "旧密码"),
        ({"again": "something else here"}, "不一致"),
        ({"new": "kurz"}, "密码太短，至少要有 10 个字符"),
        ({"new": "12345678901234"}, "数字"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_chinese(words, answer, world, signed_in):
    page = change(signed_in("liaison"), **words)
    assert page.status_code == 200
    assert answer in said(page)
    world.people["liaison"].refresh_from_db()
    assert world.people["liaison"].check_password(PASSWORD)
