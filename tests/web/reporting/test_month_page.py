"""The month's page: a unit fills, saves, checks, submits; nobody else sees its draft."""

import re
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import resolve, reverse

from tasks_app.catalogue.actions import apply_items
from tasks_app.closing.actions import close_period
from tasks_app.lib.dates import BEIJING
from tasks_app.reporting.actions import EntryDraft, return_entries, save_entries
from tasks_app.reporting.choices import ReportStatus
from tasks_app.reporting.models import IndicatorValue
from tasks_app.reporting.queries import own_indicators
from tasks_app.schedule.actions import derive_obligations
from tasks_app.web.reporting.forms import read_entry
from tests.factories import ITEMS, beijing

AT = "2024-08-02 10:00"
CANARY = "外人不得见的草稿"


def page(report):
    return reverse("report", args=[report.pk])


def typed(report, **each):
    """The whole form as a browser without JavaScript posts it; `each` overrides the words of every entry."""
    data = {}
    for entry in report.entries.all():
        words = {
            "version": entry.version,
            "percent": "30",
            "done_text": "已完成招标。",
            "problem_text": "",
            "next_text": "",
        }
        data |= {f"e{entry.pk}-{name}": value for name, value in {**words, **each}.items()}
    return data


def colleague_saves(world, entry, text):
    """Somebody else of the same unit saves an entry in another window."""
    draft = EntryDraft(entry.pk, entry.version, 20, text, "", "", False)
    save_entries(report=entry.report, drafts=[draft], by=world.people["liaison"], at=beijing(AT))


def test_the_form_shows_every_task_with_due_moment_weekday_and_time_left(world, signed_in):
    html = signed_in("liaison").get(page(world.report("liaison"))).text
    assert "共 2 项，已填 0 项，未填 2 项" in html
    assert "8月5日（星期一）18:00" in html
    assert "还有 3 天 8 小时" in html
    assert "改造城镇老旧小区（目标 2000 套）" in html


def test_the_whole_form_is_saved_by_one_plain_post(world, signed_in):
    report = world.report("liaison")
    response = signed_in("liaison").post(page(report), typed(report), follow=True)
    assert "已保存 2 项" in response.text
    assert {(e.percent, e.done_text, e.version) for e in report.entries.all()} == {(30, "已完成招标。", 1)}


def test_indicator_values_are_read_with_full_width_digits_and_separators(world, signed_in):
    report = world.report("liaison")
    entry = report.entries.get(task__seq=1)
    target = entry.task.indicators.get()
    signed_in("liaison").post(page(report), typed(report) | {f"e{entry.pk}-i{target.pk}": "１，２００"})
    assert entry.values.get().value == 1200


def test_a_county_sees_its_own_share_of_a_split_target_and_the_lead_the_total(world, signed_in):
    county = signed_in("colleague").get(page(world.report("colleague"))).text
    assert "目标 10 个" in county
    assert "目标 15 个" not in county
    assert "目标 5 个" not in county
    lead = signed_in("liaison").get(page(world.report("liaison"))).text
    assert "目标 15 个" in lead
    assert "目标 10 个" not in lead


@pytest.mark.parametrize(
    ("word", "value", "said"),
    [
        ("percent", "101", "“101”不是 0 到 100 的整数"),
        ("percent", "三成", "“三成”不是 0 到 100 的整数"),
        ("percent", "-1", "“-1”不是 0 到 100 的整数"),
        ("percent", "30.5", "“30.5”不是 0 到 100 的整数"),
        ("done_text", "长" * 2001, "已写 2001 字，最多 2000 字"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_else_is_lost(world, signed_in, word, value, said):
    report = world.report("liaison")
    wrong, right = report.entries.order_by("task__seq")
    data = typed(report) | {f"e{wrong.pk}-problem_text": "资金未到位", f"e{wrong.pk}-{word}": value}
    response = signed_in("liaison").post(page(report), data)
    assert response.status_code == 422
    assert said in response.text
    assert f'href="#e{wrong.pk}-{word}"' in response.text
    assert "data-focus" in response.text
    assert "资金未到位" in response.text
    assert value in response.text
    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.version, right.version) == (0, 1)


def test_text_in_a_number_field_is_said_at_the_field_and_kept(world, signed_in):
    report = world.report("liaison")
    entry = report.entries.get(task__seq=1)
    name = f"e{entry.pk}-i{entry.task.indicators.get().pk}"
    response = signed_in("liaison").post(page(report), typed(report) | {name: "六百套"})
    assert "“六百套”不是数字" in response.text
    assert 'value="六百套"' in response.text
    assert not entry.values.exists()


def test_a_conflict_shows_both_texts_and_saves_the_other_entries(world, signed_in):
    report = world.report("liaison")
    data = typed(report, done_text="我填的内容")
    mine, other = report.entries.order_by("task__seq")
    colleague_saves(world, mine, "同事先存的内容")
    response = signed_in("liaison").post(page(report), data)
    assert response.status_code == 409
    assert "同事先存的内容" in response.text
    assert "我填的内容" in response.text
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.done_text, other.done_text) == ("同事先存的内容", "我填的内容")


def test_after_the_conflict_page_saving_again_keeps_the_own_words(world, signed_in):
    report, client = world.report("liaison"), signed_in("liaison")
    data = typed(report, done_text="我填的内容")
    mine = report.entries.order_by("task__seq").first()
    colleague_saves(world, mine, "同事先存的内容")
    html = client.post(page(report), data).text
    versions = dict(re.findall(r'name="(e\d+-version)" value="(\d+)"', html))
    client.post(page(report), data | versions)
    mine.refresh_from_db()
    assert mine.done_text == "我填的内容"


def test_markup_in_the_words_stays_text(world, signed_in):
    report, client = world.report("liaison"), signed_in("liaison")
    client.post(page(report), typed(report, done_text="</textarea><script>alert(1)</script>"))
    html = client.get(page(report)).text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_checking_names_what_is_missing_and_leads_to_its_field(world, signed_in):
    report = world.report("liaison")
    first, second = report.entries.order_by("task__seq")
    data = typed(report) | {f"e{second.pk}-percent": "", f"e{second.pk}-done_text": ""}
    html = signed_in("liaison").post(reverse("report_check", args=[report.pk]), data, follow=True).text
    assert "还有 1 项没有填完" in html
    assert f'href="{page(report)}?open={second.pk}#e{second.pk}-percent"' in html
    assert f"#e{first.pk}-" not in html


def test_an_incomplete_month_cannot_be_submitted(world, signed_in):
    report = world.report("liaison")
    response = signed_in("liaison").post(reverse("report_submit", args=[report.pk]))
    assert response.status_code == 409
    assert "第 1、2 项" in response.text
    report.refresh_from_db()
    assert report.first_submitted_at is None


def test_submitting_from_the_form_saves_first_and_ends_at_the_receipt(world, signed_in):
    report, client = world.report("liaison"), signed_in("liaison")
    response = client.post(reverse("report_submit", args=[report.pk]), typed(report))
    assert response.url == reverse("report_receipt", args=[report.pk])
    report.refresh_from_db()
    html = client.get(response.url).text
    assert report.receipt_no
    assert report.receipt_no in html
    assert "2024年8月2日 10:00:00" in html
    assert "按时" in html
    assert {e.done_text for e in report.entries.all()} == {"已完成招标。"}


def test_a_late_month_gets_a_receipt_that_says_late(world, signed_in, now):
    report = world.report("liaison")
    now.move_to(beijing("2024-08-05 18:00:01"))
    response = signed_in("liaison").post(reverse("report_submit", args=[report.pk]), typed(report), follow=True)
    assert "迟报" in response.text


@pytest.mark.parametrize(("at", "mark"), [("2024-08-06 09:00", "迟报"), ("2024-09-03 09:00", "缺报已补")])
def test_after_the_deadline_the_form_says_what_submitting_now_counts_as(world, signed_in, now, at, mark):
    report = world.report("liaison")
    now.move_to(beijing(at))
    client = signed_in("liaison")
    assert f"现在提交将记为“{mark}”" in client.get(page(report)).text
    client.post(page(report), typed(report))
    assert f"现在提交将记为“{mark}”" in client.get(reverse("report_submit", args=[report.pk])).text


def test_a_wrong_field_keeps_the_month_from_being_submitted(world, signed_in):
    report = world.report("liaison")
    response = signed_in("liaison").post(reverse("report_submit", args=[report.pk]), typed(report, percent="101"))
    assert response.status_code == 422
    report.refresh_from_db()
    assert report.status == ReportStatus.DRAFT


def test_there_is_no_receipt_before_the_month_is_in(world, signed_in):
    report = world.report("liaison")
    assert signed_in("liaison").get(reverse("report_receipt", args=[report.pk])).status_code == 404


def test_what_was_returned_shows_its_reason_and_can_be_corrected(world, signed_in):
    report = world.submit("liaison", percent=30, at=AT)
    back, kept = report.entries.order_by("task__seq")
    by = world.people["coordinator"]
    return_entries(report=report, entry_ids=[back.pk], reason="请补充数量", by=by, at=beijing(AT))
    client = signed_in("liaison")
    html = client.get(page(report)).text
    assert "请补充数量" in html
    assert "退回待改 1 项" in html
    assert "8月2日 10:00 已报送（按时）" in html
    assert f'name="e{back.pk}-percent"' in html
    assert f'name="e{kept.pk}-percent"' not in html
    back.refresh_from_db()
    data = {
        f"e{back.pk}-version": back.version,
        f"e{back.pk}-percent": "35",
        f"e{back.pk}-done_text": "已完成 412 套。",
    }
    client.post(reverse("report_submit", args=[report.pk]), data)
    back.refresh_from_db()
    assert (back.status, back.percent, back.done_text) == (ReportStatus.SUBMITTED, 35, "已完成 412 套。")


def test_words_typed_after_the_month_was_handed_in_elsewhere_are_shown_and_not_saved(world, signed_in):
    report = world.report("liaison")
    data = typed(report, done_text="另一个窗口里写的")
    world.submit("liaison", percent=30, at=AT)
    response = signed_in("liaison").post(page(report), data)
    assert response.status_code == 409
    assert "另一个窗口里写的" in response.text
    assert "已经报送，刚才的改动没有保存" in response.text
    assert {e.done_text for e in report.entries.all()} == {"已完成招标。"}


def test_last_months_words_stand_beside_and_can_be_taken_over(world, signed_in):
    world.submit("liaison", percent=30, at=AT, text="完成项目前期。")
    world.open("2024-09-01 00:00")
    html = signed_in("liaison").get(page(world.report("liaison"))).text
    assert "2024年8月期（30%）：完成项目前期。" in html
    assert 'data-copy-text="完成项目前期。"' in html


# ---- who may


@pytest.mark.parametrize(
    "who", ["colleague", "school", "stranger", "coordinator", "supervisor", "leader", "administrator"]
)
def test_a_draft_is_nowhere_for_anyone_but_its_unit(world, signed_in, who):
    report = world.report("liaison")
    world.fill(report, percent=30, text=CANARY, by="liaison", at=AT)
    client = signed_in(who)
    missing = client.get(reverse("report", args=[99999]))
    for name in ("report", "report_submit", "report_receipt"):
        answer = client.get(reverse(name, args=[report.pk]))
        assert answer.status_code == missing.status_code == 404
    assert CANARY not in client.get(reverse("reports")).text
    assert client.post(page(report), typed(report)).status_code == 404
    entry = report.entries.first()
    assert client.post(reverse("entry_save", args=[report.pk, entry.pk]), typed(report)).status_code == 404


def test_the_words_of_a_returned_entry_are_hidden_until_it_comes_again(world, signed_in):
    report = world.submit("liaison", percent=30, at=AT, text="第一次报送的内容")
    entry = report.entries.first()
    by = world.people["coordinator"]
    return_entries(report=report, entry_ids=[entry.pk], reason="请补充数量", by=by, at=beijing(AT))
    entry.refresh_from_db()
    draft = EntryDraft(entry.pk, entry.version, 40, CANARY, "", "", False)
    save_entries(report=report, drafts=[draft], by=world.people["liaison"], at=beijing(AT))
    for who in ("coordinator", "supervisor", "leader"):
        html = signed_in(who).get(page(report)).text
        assert CANARY not in html
        assert "重新报送后可见" in html


def test_a_returned_draft_of_last_month_is_not_shown_beside_this_month(world, signed_in):
    last = world.submit("liaison", percent=30, at=AT)
    ids = list(last.entries.values_list("pk", flat=True))
    by = world.people["coordinator"]
    return_entries(report=last, entry_ids=ids, reason="请补充数量", by=by, at=beijing(AT))
    world.fill(last, percent=31, text=CANARY, by="liaison", at=AT)
    world.open("2024-09-01 00:00")
    now = world.submit("liaison", percent=40, at="2024-09-02 10:00", text="九月的内容")
    html = signed_in("coordinator").get(page(now)).text
    assert "九月的内容" in html
    assert CANARY not in html


@pytest.mark.parametrize("who", ["coordinator", "supervisor", "leader", "administrator"])
def test_what_was_submitted_is_read_by_who_collects_or_oversees_and_changed_by_none(world, signed_in, who):
    report = world.submit("liaison", percent=30, at=AT)
    client = signed_in(who)
    html = client.get(page(report)).text
    assert "已完成招标。" in html
    assert "<textarea" not in html.replace('name="reason"', "") or who == "coordinator"
    answer = client.post(page(report), typed(report))
    assert answer.status_code == 403
    assert "只能由本单位联络员" in answer.text


def test_a_neighbour_of_the_same_city_cannot_open_what_was_submitted(world, signed_in):
    report = world.submit("liaison", percent=30, at=AT)
    assert signed_in("colleague").get(page(report)).status_code == 404


def test_nobody_reads_a_month_without_signing_in(world):
    report = world.report("liaison")
    assert Client().get(page(report)).status_code == 302


def test_a_foreign_entry_cannot_be_written_through_the_own_report(world, signed_in):
    mine, theirs = world.report("liaison"), world.report("school")
    entry = theirs.entries.get()
    data = {f"e{entry.pk}-version": 0, f"e{entry.pk}-percent": "99", f"e{entry.pk}-done_text": "越权"}
    client = signed_in("liaison")
    client.post(page(mine), data)
    assert client.post(reverse("entry_save", args=[mine.pk, entry.pk]), data).status_code == 404
    entry.refresh_from_db()
    assert entry.done_text == ""


# ---- speed


def test_the_number_of_queries_does_not_grow_with_the_entries(world, signed_in, django_assert_num_queries):
    client, at = signed_in("liaison"), beijing("2024-08-31 10:00")
    few = page(world.report("liaison"))
    more = [replace(ITEMS[0], seq=seq, no=str(seq)) for seq in range(10, 50)]
    apply_items(task_list=world.task_list, items=more, by=None, at=at)
    derive_obligations(task_list=world.task_list, by=None, at=at)
    world.open("2024-09-01 00:00")
    many = page(world.report("liaison"))
    for address in (few, many, f"{many}?open=all"):
        with django_assert_num_queries(13):
            html = client.get(address).text
    assert html.count("data-entry") == 42
    data = typed(world.report("liaison"))
    saving = client.post(many, data, follow=True)
    assert "已保存 42 项" in saving.text


# ---- a large month: lines, some of them opened


@pytest.fixture
def large(world):
    """A September report of 42 entries; August said something of the first two."""
    world.submit("liaison", percent=30, at="2024-08-02 10:00", text="完成项目前期。")
    at = beijing("2024-08-31 10:00")
    more = [replace(ITEMS[0], seq=seq, no=str(seq), key_task=f"第{seq}类小区") for seq in range(10, 50)]
    apply_items(task_list=world.task_list, items=more, by=None, at=at)
    derive_obligations(task_list=world.task_list, by=None, at=at)
    world.open("2024-09-01 09:00")
    return world.report("liaison")


def entries_of(report):
    return list(report.entries.order_by("task__seq"))


def forms_in(html):
    return [int(pk) for pk in re.findall(r'name="e(\d+)-version"', html)]


def test_a_large_month_is_lines_with_the_next_three_forms_open(large, signed_in):
    html = signed_in("liaison").get(page(large)).text
    entries = entries_of(large)
    assert forms_in(html) == [entry.pk for entry in entries[:3]]
    assert html.count('name="pick"') == 42
    assert "（30%）：完成项目前期。" in html
    for entry in entries:
        assert f'id="e{entry.pk}"' in html


def test_a_line_opens_as_a_fragment_and_as_a_page(large, signed_in):
    client, entry = signed_in("liaison"), entries_of(large)[20]
    address = reverse("entry_form", args=[large.pk, entry.pk])
    part = client.get(address, headers={"HX-Request": "true"})
    assert forms_in(part.text) == [entry.pk]
    assert "<html" not in part.text
    whole = client.get(address, follow=True)
    assert whole.redirect_chain == [(f"{page(large)}?open={entry.pk}#e{entry.pk}", 302)]
    assert forms_in(whole.text) == [entry.pk]


def test_who_has_to_sign_in_again_is_led_there_instead_of_into_the_line(large, client):
    address = reverse("entry_form", args=[large.pk, entries_of(large)[20].pk])
    answer = client.get(address, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["HX-Redirect"].startswith("/login/?next=/reports/")
    assert client.get(address)["Location"] == answer["HX-Redirect"]


def test_opening_without_javascript_saves_what_was_typed_and_keeps_the_forms_open(large, signed_in):
    client, entries = signed_in("liaison"), entries_of(large)
    first, other = entries[0], entries[20]
    data = {
        "show": "",
        f"e{first.pk}-version": "0",
        f"e{first.pk}-percent": "40",
        f"e{first.pk}-done_text": "进场施工。",
    }
    opened = client.post(reverse("entry_open", args=[large.pk, other.pk]), data, follow=True)
    assert opened.redirect_chain[-1][0] == f"{page(large)}?open={first.pk},{other.pk}#e{other.pk}"
    assert forms_in(opened.text) == [first.pk, other.pk]
    first.refresh_from_db()
    assert first.done_text == "进场施工。"
    data[f"e{first.pk}-version"] = "1"
    folded = client.post(reverse("entry_fold", args=[large.pk, first.pk]), data, follow=True)
    assert forms_in(folded.text) == []
    assert "<b>40%</b> 进场施工。" in folded.text


def test_a_large_month_is_narrowed_to_what_is_left_and_to_what_is_done(large, signed_in, world):
    client, entries = signed_in("liaison"), entries_of(large)
    data = {"show": "", "scope": "picked", "pick": [entries[0].pk, entries[1].pk]}
    back = client.post(reverse("report_same", args=[large.pk]), data, follow=True)
    assert "已照上期填写 2 项" in back.text
    filled = client.get(page(large), {"show": "filled"}).text
    assert [f'id="e{entry.pk}"' in filled for entry in entries[:4]] == [True, True, False, False]
    empty = client.get(page(large), {"show": "empty"}).text
    assert [f'id="e{entry.pk}"' in empty for entry in entries[:4]] == [False, False, True, True]
    assert "未填 40" in empty
    assert "没有这一类的条目" in client.get(page(large), {"show": "in"}).text
    moved = client.post(reverse("report_show", args=[large.pk]) + "?show=empty", {"show": ""})
    assert moved["Location"] == f"{page(large)}?show=empty"


def test_a_form_in_error_comes_back_open_among_the_lines(large, signed_in):
    entry = entries_of(large)[30]
    data = {"show": "", f"e{entry.pk}-version": "0", f"e{entry.pk}-percent": "三成"}
    html = signed_in("liaison").post(page(large), data).text
    assert forms_in(html) == [entry.pk]
    assert f'href="#e{entry.pk}-percent"' in html


def test_a_line_of_a_foreign_month_cannot_be_opened(large, signed_in, world):
    theirs = world.report("school")
    entry = theirs.entries.first()
    for address in (
        reverse("entry_form", args=[theirs.pk, entry.pk]),
        reverse("entry_form", args=[large.pk, entry.pk]),
    ):
        assert signed_in("liaison").get(address, headers={"HX-Request": "true"}).status_code == 404


def test_a_closed_round_is_read_not_filled_and_what_was_typed_stays(world, signed_in, now):
    now.move_to(beijing("2024-08-07 10:00"))
    report, client = world.report("liaison"), signed_in("liaison")
    close_period(period=report.period, by=world.people["coordinator"], at=beijing("2024-08-07 09:00"))
    html = client.get(page(report)).text
    assert "现在不能保存和提交" in html
    assert "仍请尽快填完提交" not in html
    assert 'id="month"' not in html
    assert 'name="pick"' not in html
    assert "补报</a>" not in client.get(reverse("reports")).text.partition("2024年7月期")[0]
    late = client.post(page(report), typed(report, done_text="关账时正在写的话"))
    assert late.status_code == 409
    assert "关账时正在写的话" in late.text


def test_each_button_of_the_form_leads_to_its_own_address(large, signed_in):
    html = signed_in("liaison").get(page(large)).text
    led_to = {resolve(address).url_name for address in re.findall(r'formaction="([^"?]+)', html)}
    # No rule asks for a signature here.
    assert led_to == {
        "report_check", "report_show", "report_same", "report_none",
        "entry_same", "entry_open", "entry_fold", "entry_to_files",
    }  # fmt: skip


def test_a_value_that_the_form_does_not_ask_for_stays_as_it_is(world):
    report = world.report("liaison")
    entry = report.entries.get(task=world.task(1))
    (indicator,) = own_indicators(report)[entry.task_id]
    IndicatorValue.objects.create(entry=entry, indicator=indicator, value=5)
    entry = report.entries.prefetch_related("values").get(pk=entry.pk)
    typed = read_entry({f"e{entry.pk}-version": "0", f"e{entry.pk}-percent": "30"}, entry, [])
    assert typed.draft.values == {indicator.pk: 5}


def test_of_several_returned_entries_the_first_to_fall_due_is_said(world, signed_in):
    report, by = world.submit("liaison", percent=30, at="2024-08-02 09:00"), world.people["coordinator"]
    for pk, at in zip(
        report.entries.values_list("pk", flat=True), ("2024-08-05 10:00", "2024-08-02 10:00"), strict=True
    ):
        return_entries(report=report, entry_ids=[pk], reason="请补充", by=by, at=beijing(at))
    first, second = sorted(report.entries.values_list("returned_due_at", flat=True))
    html = signed_in("liaison").get(page(report)).text
    said = [html.count(f"{due.astimezone(BEIJING):%-m月%-d日 %H:%M}") for due in (first, second)]
    assert said == [2, 1], "each beside its entry, the first above them all"
