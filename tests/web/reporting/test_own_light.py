"""单位自评: what a lead says of itself goes with the month wherever the month goes."""

import pytest
from django.urls import reverse

from tasks_app.reporting.actions import EntryDraft, accept_entries, save_entries, submit_report
from tests.factories import beijing
from tests.web.reporting.test_workbook import apply, download, upload

AT = "2024-08-02 10:00"


@pytest.fixture
def entry(world):
    return world.report("liaison").entries.get(task__seq=1)


def save(client, entry, **words):
    data = {"version": entry.version, "percent": "30", "done_text": "已完成招标。", **words}
    form = {f"e{entry.pk}-{name}": value for name, value in data.items()}
    return client.post(reverse("entry_save", args=[entry.report_id, entry.pk]), form)


def submit_saying(world, light):
    """The liaison's month with one reading for all of its entries."""
    report = world.report("liaison")
    drafts = [
        EntryDraft(e.pk, e.version, 30, "已完成招标。", "", "", False, own_light=light) for e in report.entries.all()
    ]
    save_entries(report=report, drafts=drafts, by=world.people["liaison"], at=beijing(AT))
    return submit_report(report=report, by=world.people["liaison"], at=beijing(AT))


def test_a_lead_may_say_how_it_stands_and_need_not(entry, signed_in):
    client = signed_in("liaison")
    page = client.get(reverse("report", args=[entry.report_id])).text
    assert f'name="e{entry.pk}-own_light"' in page
    assert save(client, entry).status_code == 200
    entry.refresh_from_db()
    assert entry.own_light == ""
    assert save(client, entry, version=1, own_light="yellow").status_code == 200
    entry.refresh_from_db()
    assert entry.own_light == "yellow"
    assert '<option value="yellow" selected>' in client.get(reverse("report", args=[entry.report_id])).text


def test_a_light_that_there_is_not_is_said_at_its_field(entry, signed_in):
    answer = save(signed_in("liaison"), entry, own_light="blue")
    assert answer.status_code == 422
    assert "请选正常、预警或滞后" in answer.text
    entry.refresh_from_db()
    assert entry.version == 0


def test_who_only_assists_is_not_asked(world, signed_in):
    entry = world.report("colleague").entries.get(task__seq=1)
    client = signed_in("colleague")
    assert f'name="e{entry.pk}-own_light"' not in client.get(reverse("report", args=[entry.report_id])).text
    save(client, entry, own_light="red")
    entry.refresh_from_db()
    assert (entry.percent, entry.own_light) == (30, "")


def test_one_press_for_many_leaves_the_reading_as_it_is(entry, signed_in):
    client = signed_in("liaison")
    save(client, entry, own_light="red")
    form = {"bulk_reason": "汛期停工", "pick": [entry.pk]}
    client.post(reverse("report_none", args=[entry.report_id]), form)
    entry.refresh_from_db()
    assert (entry.no_progress, entry.own_light) == (True, "red")


def test_who_reviews_and_the_paper_read_it_in_shape_and_word(world, signed_in):
    report = submit_saying(world, "yellow")
    for who, page in (("coordinator", "report"), ("liaison", "report"), ("liaison", "report_form")):
        html = signed_in(who).get(reverse(page, args=[report.pk])).text
        assert "单位自评：" in html
        assert "预警" in html
    version = report.submissions.get().versions.first()
    assert version.own_light == "yellow"


def test_accepted_it_stands_beside_the_light_and_is_not_carried_into_the_next_round(world):
    report = submit_saying(world, "red")
    assert world.task(1).standing.own == ""
    ids = list(report.entries.values_list("pk", flat=True))
    accept_entries(report=report, entry_ids=ids, by=world.people["coordinator"], at=beijing(AT))
    standing = world.task(1).standing
    assert (standing.own, standing.light, standing.disagreement) == ("red", "yellow", 1)
    world.open("2024-09-01 09:00")
    assert set(world.report("liaison").entries.values_list("own_light", flat=True)) == {""}


def test_the_workbook_carries_it_there_and_back(entry, signed_in):
    client = signed_in("liaison")
    save(client, entry, own_light="green")
    book = download(client, entry.report)
    sheet = book["月报"]
    assert (sheet["L2"].value, sheet["L3"].value, sheet["L3"].protection.locked) == ("单位自评", "正常", False)
    sheet["L3"] = "滞后"
    answer = upload(client, entry.report, book)
    assert "月报!L3" in answer.text
    assert "滞后" in answer.text
    apply(client, answer)
    entry.refresh_from_db()
    assert entry.own_light == "red"


def test_a_word_that_is_no_light_is_named_by_its_cell(entry, signed_in):
    client = signed_in("liaison")
    book = download(client, entry.report)
    book["月报"]["L3"] = "很好"
    answer = upload(client, entry.report, book)
    assert "月报!L3" in answer.text
    assert "“很好”不认识" in answer.text


def test_the_workbook_does_not_ask_who_only_assists(world, signed_in):
    book = download(signed_in("colleague"), world.report("colleague"))
    assert book["月报"]["L3"].protection.locked
