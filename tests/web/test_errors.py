"""What goes wrong is said in Chinese, with the request's number, and shows nothing of the inside."""

import re

import pytest
from django.http import Http404
from django.test import Client, RequestFactory

from tasks_app.lib.errors import Refused
from tasks_app.urls import urlpatterns
from tasks_app.web.shared.refusals import refusals_shown
from tests.factories import PASSWORD, World

ACCOUNTS = pytest.mark.parametrize("who", ["", "liaison", "administrator"])


@pytest.fixture
def browser(world: World):
    """`browser("liaison")` is that person's browser, which turns exceptions into pages; "" is nobody's."""

    def client(who: str, **options: bool) -> Client:
        made = Client(raise_request_exception=False, **options)
        if who:
            made.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")
        return made

    return client


def check(answer, status: int, words: str) -> None:
    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    number = re.search(r"<code>([0-9A-F]{8})</code>", page)
    assert number
    assert number[1] == answer["X-Request-ID"]
    assert 'lang="zh-hans"' in page
    assert "Traceback" not in page


@ACCOUNTS
def test_an_unknown_address_is_not_found(who, browser):
    check(browser(who).get("/nowhere/"), 404, "没有找到这一页")


@ACCOUNTS
def test_a_form_without_its_token_is_not_accepted(who, browser):
    check(browser(who, enforce_csrf_checks=True).post("/login/", {"username": "x"}), 403, "页面停留太久")


def test_what_was_typed_when_the_sign_in_had_ended_is_shown_to_be_copied(browser):
    words = {"e1-done_text": "完成招标\n签订合同", "e1-percent": "30", "password": "密 码"}
    answer = browser("").post("/reports/1/", words)
    check(answer, 401, "完成招标<br>签订合同")
    assert "/login/?next=/reports/1/" in answer.text
    assert "密 码" not in answer.text
    assert browser("").post("/reports/1/", {"e1-percent": "30"}).status_code == 302


def test_what_was_typed_under_an_old_token_is_shown_to_be_copied(browser):
    client, words = browser("liaison", enforce_csrf_checks=True), {"e1-done_text": "完成招标"}
    check(client.post("/reports/1/", words), 403, "完成招标")
    foreign = client.post("/reports/1/", words, headers={"Sec-Fetch-Site": "cross-site"})
    check(foreign, 403, "页面停留太久")
    assert "完成招标" not in foreign.text


@ACCOUNTS
def test_a_request_for_another_host_is_not_understood(who, browser):
    check(browser(who).get("/login/", headers={"host": "evil.example"}), 400, "这个请求没有看懂")


@ACCOUNTS
def test_a_fault_of_ours_says_so_and_nothing_more(who, browser, monkeypatch):
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr("tasks_app.web.accounts.views.demo_accounts", fail)
    answer = browser(who).get("/login/?next=/tasks/")
    check(answer, 500, "系统出了差错")
    assert "the inside" not in answer.content.decode()


def test_a_page_of_another_role_says_whose_it_is(browser):
    check(browser("liaison").get("/overdue/"), 403, "逾期队列由督查、汇总、领导岗位查看")


@pytest.mark.parametrize("status", [400, 403])
def test_a_refusal_is_one_line_in_the_log(browser, caplog, status):
    """Both are raised in a view: 403 by a role, 400 by a sign that no keyboard types."""
    client = browser("liaison")
    answer = client.get("/imports/") if status == 403 else client.post("/closures/1/withdraw/", {"reason": "\0"})
    assert answer.status_code == status
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert record.levelname == "WARNING"
    assert record.exc_info is None
    assert "Traceback" not in caplog.text


def test_a_failure_of_ours_keeps_its_traceback_in_the_log(browser, caplog, monkeypatch):
    monkeypatch.setattr("tasks_app.web.catalogue.views.clock.now", lambda: 1 / 0)
    assert browser("liaison").get("/tasks/").status_code == 500
    assert "ZeroDivisionError" in caplog.text


def test_a_refusal_without_a_sentence_says_whom_to_ask(browser):
    check(browser("liaison").get("/imports/"), 403, "请联系本单位管理员或汇总单位开通权限")


def test_a_refusal_that_the_view_does_not_show_is_an_answer_and_no_fault(browser, monkeypatch):
    def refuse(**asked: object) -> None:
        raise Refused("该消息已撤回。")

    monkeypatch.setattr("tasks_app.web.outbox.views.mark_all_read", refuse)
    check(browser("liaison").post("/messages/read/", {"last": "1"}), 409, "该消息已撤回。")


def test_who_is_signed_in_keeps_navigation_and_search_where_a_page_is_missing_or_closed(browser):
    for address, status in (("/nowhere/", 404), ("/overdue/", 403), ("/logout/", 405)):
        answer = browser("liaison").get(address)
        assert answer.status_code == status
        page = answer.content.decode()
        assert 'aria-label="主导航"' in page, address
        assert 'role="search"' in page, address
        assert 'href="/tasks/"' in page, address
    stranger = browser("").get("/nowhere/").content.decode()
    assert "主导航" not in stranger
    assert 'role="search"' not in stranger


@pytest.mark.parametrize("address", ["/logout/", "/reports/1/review/", "/reports/1/entries/1/"])
def test_the_address_of_a_button_cannot_be_opened_as_a_page(address, browser):
    answer = browser("liaison").get(address)
    check(answer, 405, "这个地址不能直接打开")
    assert answer["Allow"] == "POST, OPTIONS" or answer["Allow"] == "POST"


@pytest.mark.parametrize(
    "query",
    [
        "page=99999999999999999999&per_page=x&sort=drop&light=purple&unit=1%27&due_from=never",
        "list=%3Cscript%3E&chapter=99999999999999999999&county=0&kind=zz&role=zz&due=zz",
        "q=%00&page=-1",
        "q=" + "x" * 3000,
    ],
)
def test_an_address_full_of_nonsense_still_shows_the_ledger(query, browser):
    for address in ("/tasks/", "/tasks.csv", "/tasks.xlsx", "/reports/", "/messages/"):
        assert browser("liaison").get(f"{address}?{query}").status_code == 200, address
    assert browser("supervisor").get(f"/overdue/?{query}").status_code == 200


# What the pages read from their address.
NAMES = (
    "q list unit county chapter period state light kind role due in show group saved sort page per_page version edit",
    "from to no task next",
)


def pages() -> list[str]:
    """The addresses without arguments, relative to the site."""
    areas = (area.url_patterns for area in urlpatterns)
    return [f"/{url.pattern}" for area in areas for url in area if "<" not in str(url.pattern)]


def test_no_page_breaks_over_a_sign_that_postgresql_does_not_compare(browser):
    client = browser("coordinator")
    signs = {name: {name: "\0", **({"code": "A" * 16} if name == "no" else {})} for name in " ".join(NAMES).split()}
    together = {key: value for query in signs.values() for key, value in query.items()}
    for address in pages():
        # A page that answers as ever has read all that it reads; one that refuses may have stopped at the first name.
        if client.get(address, together).status_code != 200:
            for name, query in signs.items():
                assert client.get(address, query).status_code != 500, (address, name)


def test_a_number_too_large_for_the_database_is_simply_not_found(browser):
    huge = "9" * 30
    for address in (f"/tasks/{huge}/", f"/reports/{huge}/", f"/messages/{huge}/", f"/closures/{huge}/"):
        check(browser("liaison").get(address), 404, "没有找到这一页")
    assert browser("leader").get(f"/reports/?list={huge}&period={huge}").status_code == 200


@pytest.mark.parametrize("address", ["/overdue/chase/", "/overdue/filters/", "/closures/1/withdraw/", "/login/"])
def test_a_form_that_no_keyboard_can_fill_in_is_not_taken(address, browser):
    check(browser("supervisor").post(address, {"name": "红\0灯", "note": "\0", "reason": "\0"}), 400, "没有做任何改动")


def test_signing_in_gives_a_new_session_that_scripts_cannot_read(world):
    browser = Client()
    session = browser.session  # somebody planted a session in this browser
    session["planted"] = "1"
    session.save()
    planted = session.session_key
    browser.post("/login/", {"username": "liaison", "password": PASSWORD})
    cookie = browser.cookies["sessionid"]
    assert cookie.value != planted
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_every_answer_carries_the_headers_that_keep_it_safe(browser):
    for who in ("", "liaison"):
        answer = browser(who).get("/tasks/")
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy


def test_only_a_refusal_is_said_on_the_next_page():
    with pytest.raises(Http404), refusals_shown(RequestFactory().post("/")):
        raise Http404
