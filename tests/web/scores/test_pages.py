"""Pages of the scores: what each shows to whom, and what comes of what is sent."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tasks_app.accounts.actions import add_person
from tasks_app.accounts.choices import Role
from tasks_app.scores.actions import decide_objection, file_objection
from tasks_app.scores.choices import Group
from tasks_app.scores.models import Objection, ObjectionFile, ScoreScheme, ScoreSheet
from tests.factories import beijing
from tests.scores.conftest import LATER, august, scorer
from tests.support.markup import on_one_line

__all__ = ["august", "scorer"]


@pytest.fixture
def rules(world):
    return reverse("score_rules", args=[world.task_list.slug])


@pytest.fixture
def sheet(scorer, august, now):
    """August is scored; it is two days later."""
    scorer.scheme()
    now.move_to(beijing("2024-08-08 10:00"))
    return scorer.publish()


@pytest.fixture
def objection(sheet, scorer):
    line = sheet.lines.select_related("sheet").get(kind="late")
    return file_objection(line=line, text="当日平台故障", by=scorer.people["school"], at=beijing(LATER))


def unit_page(world, name, **query):
    return reverse("score_unit", args=[world.task_list.slug, world.units[name].pk], query=query)


def text_of(response):
    return b"".join(response.streaming_content).decode("utf-8-sig")


def typed(client, address, **changes):
    """What the browser would send of the rules' form as it stands, with some fields typed over."""
    form = client.get(address).context["form"]
    data = {field.html_name: field.value() for field in form}
    return {
        name: value
        for name, value in {**data, **changes}.items()
        if value is not None and value is not False and value != ""
    }


# ---- ranking


def test_the_overview_says_what_is_missing(world, signed_in):
    assert "还没有考核规则" in signed_in("liaison").get(reverse("scores")).text
    assert "设置考核规则" in signed_in("supervisor").get(reverse("scores")).text


def test_everybody_in_the_jurisdiction_sees_all_places_and_opens_the_own_lines_alone(world, sheet, signed_in):
    html = signed_in("school").get(reverse("scores")).text
    assert "市住房建设局" in html
    assert "平安区政府" in html
    assert "应报 1 项" in html
    assert unit_page(world, "市教育局") in html
    assert unit_page(world, "市住房建设局") not in html
    assert unit_page(world, "市住房建设局") in signed_in("leader").get(reverse("scores")).text


def test_over_several_rounds_points_are_called_sums_because_the_score_beside_them_is_a_mean():
    three, one = (
        on_one_line(render_to_string("scores/_ranking.html", {"group": Group.COUNTY, "rounds": rounds}))
        for rounds in (3, 1)
    )
    assert ">扣分合计</th>" in three
    assert ">扣分</th>" in one


def test_a_list_of_another_city_is_not_there(world, sheet, signed_in):
    stranger = signed_in("stranger")
    assert "平安区政府" not in stranger.get(reverse("scores")).text
    assert stranger.get(reverse("scores"), {"list": world.task_list.slug}).status_code == 404
    assert stranger.get(reverse("scores_csv"), {"period": sheet.period_id}).status_code == 404


def test_the_ranking_as_a_file(world, sheet, signed_in):
    lines = text_of(signed_in("leader").get(reverse("scores_csv"))).splitlines()
    assert lines[0] == "类别,名次,单位,得分,扣分,加分,计分期数,应报项次"
    assert lines[1].startswith("县区和园区,1,乐都区政府,")
    one = text_of(signed_in("leader").get(reverse("scores_csv"), {"period": sheet.period_id})).splitlines()
    assert one == lines
    assert signed_in("leader").get(reverse("scores_csv"), {"period": "x"}).status_code == 404


# ---- a round


def test_a_supervisor_reads_what_would_be_published_and_publishes_it(scorer, august, signed_in, now):
    scorer.scheme()
    now.move_to(beijing(LATER))
    address, client = reverse("score_period", args=[august.pk]), signed_in("supervisor")
    before = client.get(address).text
    assert "公布考核结果</button>" in before
    assert "2024年8月5日 20:00 报送" in before
    assert "公布考核结果</button>" not in signed_in("coordinator").get(address).text
    html = client.post(reverse("score_publish", args=[august.pk]), follow=True).text
    assert "考核结果已公布（第 1 版）" in html
    assert "缺报 <b>2</b> 行（-20 分）" in html
    again = client.post(reverse("score_publish", args=[august.pk]), follow=True).text
    assert "已经公布，没有新的变化" in again
    assert ScoreSheet.objects.count() == 1


def test_a_round_without_rules_or_not_closed_says_so(scorer, world, signed_in):
    address = reverse("score_period", args=[scorer.period.pk])
    assert "本期还没有关账" in signed_in("supervisor").get(address).text
    assert "本期考核结果还没有公布" in signed_in("liaison").get(address).text
    july = world.task_list.periods.earliest("opens_at")
    scorer.close(july)
    assert "还没有适用的考核规则" in signed_in("supervisor").get(reverse("score_period", args=[july.pk])).text


def test_an_older_version_is_shown_as_what_it_is(world, objection, scorer, signed_in):
    by = scorer.people["supervisor"]
    decide_objection(objection=objection, upheld=True, reason="属实", by=by, at=beijing("2024-08-08 10:00"))
    client, address = signed_in("leader"), reverse("score_period", args=[objection.period_id])
    assert "这是旧的第 1 版" in client.get(address, {"version": 1}).text
    assert "这是旧的第" not in client.get(address).text
    assert client.get(address, {"version": 9}).status_code == 404
    old = unit_page(world, "市教育局", period=objection.period_id, version=1)
    assert "旧版，保留备查" in client.get(old).text
    new = client.get(unit_page(world, "市教育局", period=objection.period_id)).text
    assert "申诉成立，撤销" in new
    assert "<s>-1</s> 0" in new
    lines = reverse("score_lines", args=[objection.period_id])
    assert [client.get(lines, query).context["sheet"].version for query in ({}, {"version": 1})] == [2, 1]


def test_each_count_of_a_sheet_opens_its_lines(sheet, signed_in):
    address, client = reverse("score_lines", args=[sheet.period_id]), signed_in("leader")
    assert f"{address}?version=1&amp;kind=missing" in client.get(reverse("score_period", args=[sheet.period_id])).text
    html = client.get(address, {"kind": "missing"}).text
    assert html.count("关账时没有报送") == 2
    assert "20:00 报送" not in html
    assert "20:00 报送" in client.get(address, {"kind": "nonsense"}).text
    assert client.get(address, {"version": "7"}).status_code == 404
    lines = text_of(client.get(reverse("score_lines_csv", args=[sheet.period_id]), {"kind": "late"})).splitlines()
    assert lines[1].startswith("市教育局,迟报,2024年8月期月报截止")


def test_among_the_lines_of_a_sheet_a_unit_finds_its_own_alone(sheet, signed_in):
    html = signed_in("school").get(reverse("score_lines", args=[sheet.period_id])).text
    assert "20:00 报送" in html
    assert "缺报" not in html
    assert "没有可看的明细" in signed_in("colleague").get(reverse("score_lines", args=[sheet.period_id])).text


# ---- a unit's lines


def test_a_unit_reads_its_lines_and_may_object_to_what_takes_points(world, sheet, signed_in):
    html = signed_in("school").get(unit_page(world, "市教育局")).text
    assert "2024年8月5日 20:00 报送" in html
    assert reverse("score_object", args=[sheet.lines.get(kind="late").pk]) in html
    assert "提出申诉" not in signed_in("supervisor").get(unit_page(world, "市教育局")).text


def test_the_lines_of_another_unit_are_explained_away(world, sheet, signed_in):
    response = signed_in("school").get(unit_page(world, "市住房建设局"))
    assert response.status_code == 403
    assert "考核明细由本单位、汇总单位和督查、领导岗位查看" in response.text


def test_after_the_term_the_page_offers_no_objection_and_says_when_it_ended(world, sheet, signed_in, now):
    now.move_to(beijing("2024-08-15 00:00"))
    client = signed_in("school")
    assert "提出申诉" not in client.get(unit_page(world, "市教育局")).text
    html = client.get(reverse("score_object", args=[sheet.lines.get(kind="late").pk])).text
    assert "已于 2024年8月14日截止" in html


# ---- objections


def test_an_objection_is_filed_with_a_file_and_read_by_the_right_people(sheet, signed_in):
    address = reverse("score_object", args=[sheet.lines.get(kind="late").pk])
    file = SimpleUploadedFile("说明.pdf", b"%PDF-1.4")
    html = signed_in("school").post(address, {"text": "当日平台故障", "file": file}, follow=True).text
    assert "申诉已提出" in html
    assert "说明.pdf" in html
    stored = ObjectionFile.objects.get()
    assert signed_in("supervisor").get(reverse("objection_file", args=[stored.pk])).status_code == 200
    assert signed_in("liaison").get(reverse("objection_file", args=[stored.pk])).status_code == 404
    assert "当日平台故障" not in signed_in("liaison").get(reverse("objections")).text


def test_an_objection_without_words_comes_back_and_one_too_late_keeps_what_was_typed(sheet, signed_in, now):
    address = reverse("score_object", args=[sheet.lines.get(kind="late").pk])
    response = signed_in("school").post(address, {"text": ""})
    assert response.status_code == 422
    assert "请写明申诉理由" in response.text
    now.move_to(beijing("2024-08-20 10:00"))
    response = signed_in("school").post(address, {"text": "写了很久的理由"})
    assert response.status_code == 409
    assert "写了很久的理由" in response.text
    assert not Objection.objects.exists()


def test_a_supervisor_decides_and_a_second_decision_keeps_its_words(objection, signed_in):
    address, client = reverse("objection", args=[objection.pk]), signed_in("supervisor")
    assert "待裁定 1 份" in client.get(reverse("objections")).text
    assert client.post(address, {"decision": "uphold", "reason": ""}).status_code == 422
    html = client.post(address, {"decision": "uphold", "reason": "情况属实"}, follow=True).text
    assert "裁定已记录" in html
    response = client.post(address, {"decision": "dismiss", "reason": "另一个意见"})
    assert response.status_code == 409
    assert "另一个意见" in response.text
    assert "已裁定 1 份" in signed_in("coordinator").get(reverse("objections")).text
    assert "没有申诉" in signed_in("liaison").get(reverse("objections")).text


def test_what_waits_for_a_decision_stands_on_the_supervisors_desk(objection, signed_in):
    html = signed_in("supervisor").get(reverse("desk")).text
    assert "1 份考核申诉等您裁定" in html
    assert reverse("objection", args=[objection.pk]) in html
    assert "考核申诉等您裁定" not in signed_in("administrator").get(reverse("desk")).text


# ---- rules


def test_rules_are_tried_without_being_kept_and_kept_with_a_reason(scorer, sheet, rules, signed_in):
    client = signed_in("supervisor")
    data = typed(client, rules, **{"late-points": "5"})
    html = on_one_line(client.post(rules, {**data, "do": "try"}).text)
    assert "试算结果（没有保存）" in html
    assert "升 1 位" in html
    assert "降 1 位" in html
    assert "修改理由</label>" in html, "saving needs a reason, also after trying: it is not called 可不填"
    assert ScoreScheme.objects.count() == 1
    response = client.post(rules, {**data, "do": "save"})
    assert response.status_code == 422
    assert "请写明修改理由" in response.text
    html = client.post(rules, {**data, "do": "save", "reason": "迟报不扣"}, follow=True).text
    assert "已保存为第 2 版考核规则" in html
    assert "修改理由：迟报不扣" in signed_in("liaison").get(rules).text
    assert [each.scheme.version for each in signed_in("liaison").get(rules).context["versions"]] == [2, 1]


def test_a_form_drawn_before_somebody_else_saved_overwrites_nothing(scorer, rules, signed_in):
    first, second = signed_in("supervisor"), signed_in("administrator")
    mine = typed(first, rules, reason="我改的")
    theirs = typed(second, rules, reason="别人改的", base="90")
    assert second.post(rules, {**theirs, "do": "save"}).status_code == 302
    response = first.post(rules, {**mine, "do": "save"})
    assert response.status_code == 409
    assert "别人修改过考核规则" in response.text
    assert "我改的" in response.text
    assert ScoreScheme.objects.get().base == 90
    shown = response.context["form"]["version"].value()
    assert first.post(rules, {**mine, "version": shown, "do": "save"}).status_code == 302, "both were shown"
    assert ScoreScheme.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("late-points", "-0.3", "分值以 0.5 分为单位"),
        ("starts", "2024年8月", "请填年和月"),
        ("starts", "２０２４-09", "请填年和月"),
        ("starts", "0000-01", "请填年和月"),
        ("rounds", "", "请至少选一个已关账的期"),
        ("missing-cap", "-1", "0.5"),
    ],
)
def test_what_is_typed_wrong_is_named_and_stays(scorer, sheet, rules, signed_in, field, value, sentence):
    client = signed_in("supervisor")
    data = {**typed(client, rules), "do": "try", "basis": "打好的依据", field: value}
    response = client.post(rules, {name: kept for name, kept in data.items() if kept})
    assert response.status_code == 422
    assert sentence in response.text
    assert "打好的依据" in response.text


def test_rules_that_reach_back_over_a_scored_round_are_refused_on_the_page(scorer, sheet, rules, signed_in):
    client = signed_in("supervisor")
    data = typed(client, rules, starts="2024-08", reason="想改八月", base="90")
    response = client.post(rules, {**data, "do": "save"})
    assert response.status_code == 422
    assert "2024年8月期已经公布考核结果" in response.text


def test_an_empty_form_is_told_what_it_lacks(rules, signed_in):
    assert signed_in("supervisor").post(rules, {}).status_code == 422


def test_the_file_of_the_ranking_says_how_many_entries_were_owed(world, scorer, august, now, signed_in):
    scorer.scheme()
    now.move_to(beijing("2024-08-08 10:00"))
    sheet = scorer.publish()
    lines = text_of(signed_in("leader").get(reverse("scores_csv"))).splitlines()
    owed = {row.name: row.owed for row in sheet.units.all()}
    assert {line.split(",")[2]: int(line.split(",")[-1]) for line in lines[1:]} == owed
    assert set(owed.values()) != {1}


def test_only_the_newest_sheet_offers_an_objection(world, scorer, august, now, signed_in):
    scorer.scheme()
    now.move_to(beijing("2024-08-08 10:00"))
    sheet = scorer.publish()
    line = sheet.lines.select_related("sheet").get(kind="late")
    objection = file_objection(line=line, text="当日平台故障", by=world.people["school"], at=beijing(LATER))
    decide_objection(
        objection=objection, upheld=True, reason="属实", by=world.people["supervisor"], at=beijing("2024-08-08 10:00")
    )
    old = sheet.lines.get(kind="missing", unit__name="平安区政府")
    new = objection.period.score_sheets.latest("version").lines.get(key=old.key)
    person = add_person(
        username="pingan",
        name="平安",
        email="",
        password_hash="!",
        unit=old.unit,
        role=Role.LIAISON,
        by=None,
        at=beijing(LATER),
    )
    client = Client()
    client.force_login(person)
    pages = [client.get(unit_page(world, "平安区政府", period=sheet.period_id, version=v)).text for v in (1, 2)]
    offered = [reverse("score_object", args=[one.pk]) in page for one, page in zip((old, new), pages, strict=True)]
    assert offered == [False, True]


def test_tried_rules_count_the_units_whose_place_would_be_another(scorer, sheet, rules, signed_in):
    client = signed_in("supervisor")
    tried = client.post(rules, {**typed(client, rules, **{"late-points": "5"}), "do": "try"}).context["moves"]
    counted = {group.value: (moving, len(moves)) for group, moves, moving in tried}
    assert counted == {"county": (0, 3), "department": (2, 2)}


def test_the_objection_that_waits_longest_stands_first(objection, scorer, signed_in):
    line = objection.line.sheet.lines.select_related("sheet").filter(kind="missing").first()
    second = file_objection(line=line, text="已报", by=scorer.people["liaison"], at=beijing(LATER))
    for early, late in ((objection, second), (second, objection)):
        Objection.objects.filter(pk=early.pk).update(filed_at=beijing("2024-08-07 10:00"))
        Objection.objects.filter(pk=late.pk).update(filed_at=beijing("2024-08-07 11:00"))
        page = signed_in("supervisor").get(reverse("objections"))
        assert page.text.index(early.get_absolute_url()) < page.text.index(late.get_absolute_url())
