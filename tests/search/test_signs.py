"""Every sign that has several shapes is found in each of them, in every kind of thing, on the database at hand."""

import unicodedata
from dataclasses import replace
from functools import cache

import pytest

from tasks_app.accounts.permissions import viewer_of
from tasks_app.bulletins.actions import save_bulletin
from tasks_app.catalogue.actions import apply_items
from tasks_app.inspection.choices import ReplyKind
from tasks_app.inspection.instructing import close_instruction, issue_instruction, reply_to_instruction
from tasks_app.lib.text import normalise, search_key
from tasks_app.notices.actions import issue_notices, judge_notice, reply_notice
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.reporting.actions import accept_entries
from tasks_app.search.choices import Kind
from tasks_app.search.queries import selections
from tasks_app.search.rules import question
from tests.bulletins.conftest import office
from tests.factories import ITEMS, beijing

__all__ = ["office"]


@cache
def signs() -> list[str]:
    """No text holds a NUL, half a surrogate pair is no sign."""
    return [
        sign
        for sign in map(chr, range(1, 0x110000))
        if unicodedata.category(sign) not in {"Cs", "Cn"} and search_key(sign) != sign
    ]


@cache
def texts() -> list[str]:
    """Each with signs on both sides that never change; SQLite takes no longer word than this."""
    return ["。".join(f"管{sign}网" for sign in signs()[at : at + 4000]) for at in range(0, len(signs()), 4000)]


@cache
def all_text() -> str:
    return "。".join(texts())


@cache
def words() -> list[str]:
    return [search_key(text) for text in texts()]


def absent() -> str:
    return words()[-1].replace("管", "馆")


def test_the_signs_are_those_of_brackets_widths_dashes_quotes_letters_and_misread_ones():
    assert len(signs()) > 6000
    assert {"〔", "［", "２", "Ａ", "—", "“", "‘", "　", "ꎬ", "⺠", "⼈", "㈠", "①", "\u200b"} <= set(signs())


def test_a_sign_typed_in_any_shape_asks_for_the_same_key():
    for sign in signs():
        text = f"管网{sign}改造"
        for typed in (text, normalise(text), search_key(text)):
            words = question(typed).words
            assert words, typed
            assert all(word in search_key(text) for word in words), typed
            assert "".join(words) == search_key(text), typed


@pytest.fixture
def everywhere(office):
    """The signs in a row of every kind, written by the actions; kind → the row. A draft is found once published."""
    world, by, at, text = office.world, office.by, beijing("2024-08-06 10:00"), all_text()
    task = world.task(1)
    apply_items(task_list=world.task_list, items=[replace(ITEMS[0], content=text)], by=None, at=at)
    draft = NoticeDraft(unit=world.units["市住房建设局"], level=NoticeLevel.ORDER, tasks=(task,), demands_text=text)
    (notice,) = issue_notices(task_list=world.task_list, drafts=[draft], by=by("supervisor"), at=at)
    bulletin = office.draft()
    save_bulletin(bulletin=bulletin, values={"overall": text}, version=bulletin.version, by=by("coordinator"), at=at)
    bulletin.refresh_from_db()
    return {
        Kind.TASK: task,
        Kind.NOTICE: notice,
        Kind.INSTRUCTION: issue_instruction(task=task, text=text, by=by("leader"), at=at),
        Kind.BULLETIN: office.publish(office.decide(office.submit(bulletin))),
    }


def found(world, kind, words):
    return set(selections(viewer_of(world.people["supervisor"]), words)[kind])


def test_every_sign_is_found_in_tasks_notices_instructions_and_bulletins(office, everywhere):
    for kind, row in everywhere.items():
        assert found(office.world, kind, words()) == {row}, kind
        assert found(office.world, kind, [*words(), absent()]) == set(), kind


def test_every_sign_is_found_in_what_was_reported(world):
    report = world.submit("liaison", percent=40, at="2024-08-02 10:00", text=all_text())
    entries = list(report.entries.all())
    by, at = world.people["coordinator"], beijing("2024-08-03 10:00")
    accept_entries(report=report, entry_ids=[entry.pk for entry in entries], by=by, at=at)
    assert found(world, Kind.REPORT, words()) == set(entries)
    assert found(world, Kind.REPORT, [*words(), absent()]) == set()


@pytest.mark.parametrize("place", ["reply", "verdict"])
def test_every_sign_is_found_in_the_answer_to_a_notice_and_in_its_verdict(world, place):
    people, at = world.people, beijing("2024-08-02 10:00")
    draft = NoticeDraft(
        unit=world.units["市住房建设局"], level=NoticeLevel.ORDER, tasks=(world.task(1),), demands_text="请说明。"
    )
    (notice,) = issue_notices(task_list=world.task_list, drafts=[draft], by=people["supervisor"], at=at)
    reply, verdict = (all_text(), "属实") if place == "reply" else ("已办", all_text())
    reply_notice(notice=notice, reply_text=reply, version=0, by=people["liaison"], at=at)
    judge_notice(notice=notice, closed=True, judge_text=verdict, workdays=0, by=people["supervisor"], at=at)
    assert found(world, Kind.NOTICE, words()) == {notice}
    assert found(world, Kind.NOTICE, [absent()]) == set()


@pytest.mark.parametrize("place", ["reply", "closing"])
def test_every_sign_is_found_in_the_answer_to_an_instruction_and_in_its_closing(world, place):
    people, at = world.people, beijing("2024-08-02 10:00")
    instruction = issue_instruction(task=world.task(1), text="请抓紧。", by=people["leader"], at=at)
    reply, closing = (all_text(), "") if place == "reply" else ("已办", all_text())
    reply_to_instruction(
        instruction=instruction, unit=world.units["市住房建设局"], kind=ReplyKind.ANSWER, text=reply,
        by=people["liaison"], at=at,
    )  # fmt: skip
    close_instruction(instruction=instruction, text=closing, by=people["supervisor"], at=at)
    assert found(world, Kind.INSTRUCTION, words()) == {instruction}
    assert found(world, Kind.INSTRUCTION, [absent()]) == set()


def test_no_word_is_found_across_two_texts(world):
    instruction = issue_instruction(
        task=world.task(1), text="雨污分流管", by=world.people["leader"], at=beijing("2024-08-02 10:00")
    )
    close_instruction(
        instruction=instruction, text="网已改造", by=world.people["supervisor"], at=beijing("2024-08-02 11:00")
    )
    assert found(world, Kind.INSTRUCTION, ["分流管", "网已改"]) == {instruction}
    assert found(world, Kind.INSTRUCTION, ["管网"]) == set()


@pytest.mark.parametrize("typed", ["GB 9704", "gb9704", "ＧＢ９７０４", "100%完成", "it's", "第_"])
def test_blanks_within_a_word_make_no_difference_and_signs_of_the_database_are_signs(world, typed):
    instruction = issue_instruction(
        task=world.task(1), text="按 GB 9704 排版，100% 完成，it’s 第_号", by=world.people["leader"],
        at=beijing("2024-08-02 10:00"),
    )  # fmt: skip
    assert found(world, Kind.INSTRUCTION, question(typed).words) == {instruction}
    assert found(world, Kind.INSTRUCTION, question(f"{typed}%号").words) == set()
