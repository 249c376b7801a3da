"""One entry saved as it is typed: fragments, versions, errors, the end of a session."""

import pytest
from django.test import Client
from django.urls import reverse

from tasks_app.reporting.actions import EntryDraft, save_entries
from tests.factories import beijing
from tests.support.markup import on_one_line

AT = "2024-08-02 10:00"


@pytest.fixture
def entry(world):
    return world.report("liaison").entries.get(task__seq=1)


def address(entry):
    return reverse("entry_save", args=[entry.report_id, entry.pk])


def words(entry, **given):
    data = {"version": entry.version, "percent": "30", "done_text": "已完成招标。", "problem_text": "", "next_text": ""}
    return {f"e{entry.pk}-{name}": value for name, value in {**data, **given}.items()}


def test_the_answer_carries_state_version_moment_and_counts(entry, signed_in):
    answer = signed_in("liaison").post(address(entry), words(entry))
    assert answer.status_code == 200
    assert "已填" in answer.text
    assert f'name="e{entry.pk}-version" value="1"' in answer.text
    assert "已保存 10:00:00" in answer.text
    assert "共 2 项，已填 1 项，未填 1 项" in answer.text
    assert "<textarea" not in answer.text


def test_saving_the_same_words_again_makes_no_new_version(entry, signed_in):
    client = signed_in("liaison")
    client.post(address(entry), words(entry))
    assert 'version" value="1"' in client.post(address(entry), words(entry, version=1)).text


def test_no_progress_with_its_reason_is_called_what_it_is(entry, signed_in):
    answer = signed_in("liaison").post(address(entry), words(entry, no_progress="1", done_text="招标公示期。"))
    assert "本月无进展（已说明）" in answer.text


def test_an_error_is_said_at_its_field_and_nothing_is_saved(entry, signed_in):
    answer = signed_in("liaison").post(address(entry), words(entry, percent="101"))
    assert answer.status_code == 422
    assert f'id="e{entry.pk}-percent-error" hx-swap-oob="true"><ul' in on_one_line(answer.text)
    assert "未保存" in answer.text
    entry.refresh_from_db()
    assert entry.version == 0


def test_a_conflict_shows_both_texts_and_waits_for_a_choice(world, entry, signed_in):
    draft = EntryDraft(entry.pk, 0, 20, "同事先存的内容", "", "", False)
    save_entries(report=entry.report, drafts=[draft], by=world.people["liaison"], at=beijing(AT))
    client = signed_in("liaison")
    for _attempt in range(2):  # typing on does not overwrite the other's words
        answer = client.post(address(entry), words(entry, done_text="我填的内容", version=0))
        assert answer.status_code == 409
        assert "同事先存的内容" in answer.text
        assert "我填的内容" in answer.text
        assert f'name="e{entry.pk}-version" value="0"' in answer.text
    assert f'{{"e{entry.pk}-version": "1"}}' in answer.text
    assert client.post(address(entry), words(entry, done_text="我填的内容", version=1)).status_code == 200


def test_a_session_that_ended_is_said_and_the_page_keeps_its_words(entry):
    answer = Client().post(address(entry), words(entry))
    assert answer.status_code == 401
    assert "登录已过期" in answer.text
    assert answer["HX-Retarget"] == f"#e{entry.pk}-failed"
    assert reverse("login") in answer.text
    entry.refresh_from_db()
    assert entry.done_text == ""


def test_what_was_handed_in_meanwhile_is_said(world, entry, signed_in):
    world.submit("liaison", percent=30, at=AT)
    answer = signed_in("liaison").post(address(entry), words(entry, done_text="晚了一步"))
    assert answer.status_code == 409
    assert "已经报送" in answer.text


def test_a_version_that_is_no_number_is_a_conflict_not_a_crash(entry, signed_in):
    assert signed_in("liaison").post(address(entry), words(entry, version="abc")).status_code == 409


def test_the_address_takes_posts_only(entry, signed_in):
    assert signed_in("liaison").get(address(entry)).status_code == 405
