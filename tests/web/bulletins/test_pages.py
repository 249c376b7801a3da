"""The bulletins' pages: what stands there, what is refused and why, what survives it."""

import datetime as dt
import io
from urllib.parse import unquote

import pytest
from docx import Document

from tasks_app.bulletins.models import Bulletin
from tests.bulletins.conftest import office
from tests.factories import beijing

__all__ = ["office"]


@pytest.fixture(autouse=True)
def afterwards(office, now):
    """The pages are looked at after both rounds were closed."""
    now.move_to("2024-08-07T07:00:00Z")


def words(bulletin, **changed):
    fields = ("version", "title", "addressee", "copies_to", *(part.value for part in bulletin.texts))
    return {**{name: getattr(bulletin, name) for name in fields}, **changed}


def text(response):
    return response.content.decode()


# ---- the list


def test_without_bulletins_the_list_says_what_will_be_there_and_what_to_do(signed_in):
    assert "汇总单位发布后，通报在这里" in text(signed_in("liaison").get("/bulletins/"))
    page = text(signed_in("coordinator").get("/bulletins/"))
    assert "已关账、还没有通报的报送期" in page
    assert page.count("起草通报") == 2


def test_without_a_closed_round_the_coordinator_reads_what_comes_first(signed_in, office):
    office.world.task_list.periods.all().delete()
    assert "再关账" in text(signed_in("coordinator").get("/bulletins/"))


def test_the_list_narrows_by_list_and_state_and_says_when_nothing_is_left(signed_in, office):
    office.published(office.july)
    office.draft()
    client = signed_in("coordinator")
    drafts = text(client.get("/bulletins/?state=draft"))
    assert drafts.count("<tr>") == 2
    assert '<span><span class="big">1</span>份通报</span>' in drafts, "a count of what is shown; it opens nothing else"
    assert "通报〔2024〕1期" in text(client.get(f"/bulletins/?list={office.world.task_list.slug}&state=published"))
    assert "没有符合条件的通报" in text(client.get("/bulletins/?state=recalled"))
    assert client.get("/bulletins/?state=nonsense&list=x&page=99&per_page=7").status_code == 200


def test_a_liaison_sees_published_ones_only(signed_in, office):
    draft = office.draft()
    client = signed_in("liaison")
    assert draft.title not in text(client.get("/bulletins/"))
    assert client.get(f"/bulletins/{draft.pk}/").status_code == 404
    assert client.get(f"/bulletins/{draft.pk}/docx/").status_code == 404


# ---- from the draft to the number


def test_the_coordinator_drafts_edits_and_submits(signed_in, office):
    client = signed_in("coordinator")
    answer = client.post(f"/bulletins/draft/{office.august.pk}/")
    made = Bulletin.objects.get()
    assert answer.url == f"/bulletins/{made.pk}/edit/"
    answer = client.post(answer.url, words(made, demands="滞后{滞后数}项要抓紧。\r\n另有 3 项待核。"), follow=True)
    page = text(answer)
    assert "已保存。" in page
    assert '<data value="滞后数">' in page
    made.refresh_from_db()
    assert made.demands == "滞后{滞后数}项要抓紧。\n另有 3 项待核。"
    assert "第 2 行：3 项" in text(client.get(f"/bulletins/{made.pk}/edit/")), "typed by hand: will not follow"
    page = text(client.post(f"/bulletins/{made.pk}/submit/", {"version": made.version}, follow=True))
    assert "已送审" in page
    answer = client.get(f"/bulletins/{made.pk}/edit/", follow=True)
    assert "要修改请先撤回送审" in text(answer)


def test_a_wrong_figure_is_shown_at_its_place_with_one_that_is_near_and_nothing_typed_is_lost(signed_in, office):
    made = office.draft()
    answer = signed_in("coordinator").post(f"/bulletins/{made.pk}/edit/", words(made, overall="甲。\n乙{滞后书}项"))
    page = text(answer)
    assert answer.status_code == 422
    told = page.split("第 2 行第 2 字：没有“{滞后书}”这个数字。相近的有：")[1].split("。")[0]
    assert "{滞后数}" in told
    assert "乙{滞后书}项" in page


def test_a_standing_phrase_is_added_without_saving(signed_in, office):
    made = office.draft()
    answer = signed_in("coordinator").post(f"/bulletins/{made.pk}/edit/", words(made, demands="一。", add="3"))
    assert "一。\n各配合单位要主动配合牵头单位" in text(answer)
    made.refresh_from_db()
    assert "各配合单位" not in made.demands


@pytest.mark.parametrize("place", ["99", "-1", "x", "９", "1" * 5000])
def test_a_phrase_that_is_not_there_adds_nothing_and_loses_nothing(signed_in, office, place):
    made = office.draft()
    answer = signed_in("coordinator").post(f"/bulletins/{made.pk}/edit/", words(made, demands="只此一条。", add=place))
    assert answer.status_code == 200
    assert ">\n只此一条。</textarea>" in text(answer)


def test_words_typed_while_somebody_else_submitted_are_refused_and_stay_in_the_form(signed_in, office):
    made = office.draft()
    office.submit(made)
    answer = signed_in("coordinator").post(f"/bulletins/{made.pk}/edit/", words(made, demands="写了很久的要求。"))
    assert answer.status_code == 409
    assert "通报现在是“待审批”，不能修改" in text(answer)
    assert "写了很久的要求。</textarea>" in text(answer)
    made.refresh_from_db()
    assert "写了很久" not in made.demands


def test_of_two_who_edit_the_second_reads_both_texts_and_then_saves_knowingly(signed_in, office):
    made = office.draft()
    client = signed_in("coordinator")
    client.post(f"/bulletins/{made.pk}/edit/", words(made, demands="先来的要求。"))
    answer = client.post(f"/bulletins/{made.pk}/edit/", words(made, demands="后来的要求。"))
    page = text(answer)
    assert answer.status_code == 409
    assert "两人的文字不同之处" in page
    assert "先来的要求。" in page
    assert page.count("后来的要求。") == 2, "shown beside the other, and still in the field"
    assert 'name="version" value="1"' in page
    client.post(f"/bulletins/{made.pk}/edit/", words(made, version=1, demands="两人商定的要求。"))
    made.refresh_from_db()
    assert made.demands == "两人商定的要求。"


def test_a_supervisor_approves_or_sends_back_with_the_reason(signed_in, office):
    made = office.submit(office.draft())
    client = signed_in("supervisor")
    where = f"/bulletins/{made.pk}/decide/"
    answer = client.post(where, {"version": made.version, "decision": "send_back", "opinion": " "})
    assert answer.status_code == 409
    assert "退回时请写明要改什么" in text(answer)
    page = text(
        client.post(where, {"version": made.version, "decision": "send_back", "opinion": "请补充"}, follow=True)
    )
    assert "已退回" in page
    assert "请补充" in text(signed_in("coordinator").get(f"/bulletins/{made.pk}/edit/"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"decision": "approve", "opinion": "同意，照发" * 201}, "审批意见："),
        ({"opinion": "同意，照发"}, "请选择批准或退回修改。"),
        ({"decision": "maybe", "opinion": "同意，照发"}, "请选择批准或退回修改。"),
    ],
)
def test_a_decision_typed_wrong_decides_nothing_and_keeps_the_opinion(signed_in, office, typed, said):
    made = office.submit(office.draft())
    answer = signed_in("supervisor").post(f"/bulletins/{made.pk}/decide/", {"version": made.version, **typed})
    assert answer.status_code == 409
    assert said in text(answer)
    assert "照发</textarea>" in text(answer)
    made.refresh_from_db()
    assert made.state == "submitted"


def test_a_note_of_recall_that_is_too_long_recalls_nothing(signed_in, office):
    made = office.published()
    note = {"version": made.version, "note": "误" * 501}
    answer = signed_in("coordinator").post(f"/bulletins/{made.pk}/recall/", note)
    assert answer.status_code == 409
    assert "撤回说明：" in text(answer)
    assert "误</textarea>" in text(answer)
    made.refresh_from_db()
    assert made.state == "published"


def test_who_may_not_do_it_reads_who_may(signed_in, office):
    made = office.submit(office.draft())
    assert "由清单的汇总单位" in text(signed_in("leader").post(f"/bulletins/{made.pk}/publish/", {"version": 1}))
    assert "督查员或领导审批" in text(signed_in("coordinator").post(f"/bulletins/{made.pk}/decide/", {"version": 1}))


def test_publishing_needs_the_approval_and_says_the_number(signed_in, office):
    made = office.submit(office.draft())
    client = signed_in("coordinator")
    answer = client.post(f"/bulletins/{made.pk}/publish/", {"version": made.version})
    assert answer.status_code == 409
    assert "不能发布" in text(answer)
    made = office.decide(made)
    page = text(client.post(f"/bulletins/{made.pk}/publish/", {"version": made.version}, follow=True))
    assert "已发布：通报〔2024〕1期" in page
    assert "送审" not in text(signed_in("liaison").get(f"/bulletins/{made.pk}/")).split("办理经过")[0]


def test_a_recalled_one_stays_readable_with_its_note_and_the_one_in_its_place(signed_in, office):
    made = office.published()
    client = signed_in("coordinator")
    answer = client.post(f"/bulletins/{made.pk}/recall/", {"version": made.version, "note": ""})
    assert answer.status_code == 409
    client.post(f"/bulletins/{made.pk}/recall/", {"version": made.version, "note": "表 2 有误"})
    other = office.published()
    page = text(signed_in("liaison").get(f"/bulletins/{made.pk}/"))
    assert "通报〔2024〕1期（已撤回）" in page
    assert "表 2 有误" in page
    assert f'<a href="/bulletins/{other.pk}/">通报〔2024〕2期</a> 为准' in page
    assert "代替已撤回的" in text(signed_in("liaison").get(f"/bulletins/{other.pk}/"))
    file = Document(io.BytesIO(signed_in("liaison").get(f"/bulletins/{made.pk}/docx/").content))
    assert "【本通报已于2024年8月7日撤回：表 2 有误】" in [paragraph.text for paragraph in file.paragraphs]


def test_figures_frozen_anew_are_told_and_compared_before_they_are_taken(signed_in, office):
    from tests.bulletins.test_actions import close_anew

    made, client = office.draft(), signed_in("coordinator")
    assert "已经是最新的公布数字" in text(client.get(f"/bulletins/{made.pk}/rebind/"))
    close_anew(office)
    assert "对照并换用新的公布数字" in text(client.get(f"/bulletins/{made.pk}/"))
    page = text(client.get(f"/bulletins/{made.pk}/rebind/"))
    assert "缺报数" in page
    answer = client.post(f"/bulletins/{made.pk}/rebind/", {"version": made.version}, follow=True)
    assert "已换用新的公布数字" in text(answer)
    assert "公布数字第 2 版" in text(answer)


def test_a_draft_is_deleted_only_as_it_was_seen(signed_in, office):
    made, client = office.draft(), signed_in("coordinator")
    client.post(f"/bulletins/{made.pk}/discard/", {"version": 7})
    assert Bulletin.objects.exists()
    assert client.post(f"/bulletins/{made.pk}/discard/", {"version": "x"}).status_code == 404
    client.post(f"/bulletins/{made.pk}/discard/", {"version": made.version})
    assert not Bulletin.objects.exists()


# ---- the file and the form


def test_the_file_has_a_chinese_name_and_no_line_break_in_its_header(signed_in, office):
    made = office.draft()
    Bulletin.objects.filter(pk=made.pk).update(title="关于/进展\n情况:的\r\n通报" + "长" * 150)
    answer = signed_in("coordinator").get(f"/bulletins/{made.pk}/docx/")
    header = answer["Content-Disposition"]
    assert header.isascii()
    assert "\n" not in header
    name = unquote(header.split("''")[1])
    assert name.startswith("草稿 关于进展情况的通报长")
    assert name.endswith("长.docx")
    assert len(name) <= 105
    file = Document(io.BytesIO(answer.content))
    assert "（草稿，文号待定）" in [paragraph.text for paragraph in file.paragraphs]


def test_the_form_of_bulletins_is_kept_by_the_coordinator_and_shown_when_somebody_else_was_first(signed_in, office):
    client, where = signed_in("coordinator"), f"/bulletins/style/{office.world.task_list.slug}/"
    form = {
        "version": 0, "issuer_mark": "督查通报", "issuer": "市政府督查室", "number_pattern": "东督通〔{年}〕{号}期",
        "addressee": "各单位", "copies_to": "", "phrases": "抓紧。",
    }  # fmt: skip
    assert "发文字号" in text(client.get(where))
    answer = client.post(where, {**form, "number_pattern": "东督通3期"})
    assert answer.status_code == 422
    assert "要有且只有一个“{年}”" in text(answer)
    assert client.post(where, form).url == "/bulletins/"
    answer = client.post(where, {**form, "issuer_mark": "另一个"})
    assert answer.status_code == 409
    assert "督查通报" in text(answer)
    assert "另一个" in text(answer)
    assert 'name="version" value="1"' in text(answer)
    answer = client.post(where, {**form, "version": 1, "issuer_mark": "另一个"})
    assert answer.url == "/bulletins/", "both were shown: what is saved next is saved knowingly"


def test_a_bulletin_bears_the_day_of_its_publication(signed_in, office, now):
    done = office.publish(office.decide(office.submit(office.draft(office.july))), at="2024-08-09 14:00")
    now.move_to(beijing("2024-08-09 15:00"))
    context = signed_in("coordinator").get(done.get_absolute_url()).context
    assert context["frame"].dated_on == dt.date(2024, 8, 9)


def test_a_table_in_the_middle_of_a_line_and_a_single_brace_are_told_for_what_they_are(office, signed_in):
    made = office.draft()
    answer = signed_in("coordinator").post(f"/bulletins/{made.pk}/edit/", words(made, overall="甲{县区表}乙\n丙{滞后"))
    page = text(answer)
    assert "第 1 行第 2 字：表和图要单独占一行" in page
    assert "第 2 行第 2 字：花括号不成对" in page
