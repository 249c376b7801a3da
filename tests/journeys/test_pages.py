"""Every page as who may see it, in both windows: heard, measured, printed, worked by keyboard, in English.

The browser's own complaints (script errors, the content security policy, foreign hosts) fail each test
by the `watch` of tests/support/browser.py.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from tasks_app.bulletins.actions import draft_bulletin
from tasks_app.closing.actions import close_period
from tasks_app.inspection.actions import Seen, make_spot_check
from tasks_app.inspection.instructing import issue_instruction
from tasks_app.intake.actions import stage
from tasks_app.notices.actions import issue_notices, reply_notice
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.outbox.actions import deliver_waiting
from tasks_app.outbox.choices import Channel
from tasks_app.outbox.models import Message
from tasks_app.reporting.actions import accept_entries, return_entries
from tasks_app.schedule.models import Period
from tasks_app.scores.actions import file_objection, publish_sheet, save_scheme
from tasks_app.scores.drafts import usual
from tasks_app.scores.models import Objection, ScoreLine
from tasks_app.supervision.actions import request_closure
from tasks_app.supervision.extending import request_extension
from tests.factories import World, beijing
from tests.support.browser import DESKTOP, PHONE, sideways

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parents[1] / "support" / "axe.min.js").read_text(encoding="utf-8")
AT = beijing("2024-08-02 10:00")
LIST = (
    "序号,工作事项和年度目标成果,牵头单位,完成时限\n"
    "1,改造城镇老旧小区 2000 套。,市住房建设局,年底前\n"
    "2,建设和美乡村 15 个。,没有这个局,2024-13-01\n"
)  # the second row is wrong twice
# What paper has no use for, and what only a screen can do.
CHROME = ".top, .skip, .filters, .foot, .tools, .pager ul, .messages, .crumbs, .modebar, main button, main .btn"

ASK_AXE = """async () => {
  const rules = {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]};
  const found = await axe.run(document, rules);
  return found.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(" | ")}`);
}"""
ASK_VISIBLE = """chrome => [...document.querySelectorAll(chrome)]
  .filter(e => e.checkVisibility() && e.getClientRects().length && getComputedStyle(e).visibility !== "hidden")
  .map(e => e.outerHTML.slice(0, 80))"""
# What a validator of HTML would say. Plots draw their own ids.
ASK_MARKUP = """() => {
  const found = [], ids = new Set();
  const moment = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}([+-][0-9]{2}:[0-9]{2}|Z))?$/;
  for (const e of document.querySelectorAll("[id]:not(svg *)")) {
    if (ids.has(e.id)) found.push(`two elements have the id ${e.id}`);
    ids.add(e.id);
  }
  for (const e of document.querySelectorAll("[aria-labelledby]"))
    for (const id of e.getAttribute("aria-labelledby").split(" ").filter(Boolean))
      if (!ids.has(id)) found.push(`nothing has the id ${id} that is named as a label`);
  for (const e of document.querySelectorAll("time[datetime]"))
    if (!moment.test(e.dateTime))
      found.push(`no date: ${e.outerHTML}`);
  const inline = "p, span, b, strong, em, small, label, legend, button, h1, h2, h3, h4";
  for (const e of document.querySelectorAll(`:is(${inline}) :is(div, p, ul, ol, dl, table, form, section)`))
    found.push(`a <${e.localName}> within words: ${e.outerHTML.slice(0, 80)}`);
  for (const e of document.querySelectorAll("input[placeholder]"))
    if (!["text", "search", "url", "tel", "email", "password", "number"].includes(e.type))
      found.push(`a placeholder that is never seen: ${e.outerHTML.slice(0, 80)}`);
  for (const e of document.querySelectorAll("form"))
    if (![...e.elements].some(one => ["submit", "image"].includes(one.type)))
      found.push(`a form without a button: ${e.cloneNode(false).outerHTML.slice(0, 80)}`);
  return found;
}"""
ASK_FOCUS = """() => {
  const seen = e => {
    const style = getComputedStyle(e);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  };
  const e = document.activeElement;
  return [e === document.body, seen(e) || seen(e.parentElement), e.outerHTML.slice(0, 80)];
}"""


@dataclass(frozen=True)
class Visit:
    """An address by name and argument, and what is asked with it; `search`: the page has a field for it."""

    name: str
    of: str = ""
    query: str = ""
    search: bool = False


VISITS: dict[str, list[Visit]] = {
    "": [Visit("login"), Visit("login", query="next=/tasks/")],
    "liaison": [
        Visit("desk"),
        Visit("ledger", search=True),
        Visit("task", of="task"),
        Visit("closure_request", of="task"),
        Visit("closure_decide", of="closure"),
        Visit("extension_request", of="task"),
        Visit("extension", of="extension"),
        Visit("requests"),
        Visit("instruction", of="instruction"),
        Visit("spot_check", of="spot_check"),
        Visit("notices", search=True),
        Visit("notice", of="notice"),
        Visit("scores"),
        Visit("score_period", of="scored"),
        Visit("score_unit", of="score_unit"),
        Visit("score_object", of="score_line"),
        Visit("objection", of="objection"),
        Visit("reports"),
        Visit("report", of="returned"),
        Visit("report_submit", of="returned"),
        Visit("report_receipt", of="returned"),
        Visit("progress"),
        Visit("messages"),
        Visit("message", of="message"),
        Visit("password_change"),
        Visit("password_change_done"),
    ],
    "school": [Visit("desk"), Visit("report", of="draft"), Visit("report_submit", of="draft"), Visit("messages")],
    "coordinator": [
        Visit("desk"),
        Visit("reports"),
        Visit("reports", query="state=missing"),
        Visit("report", of="submitted"),
        Visit("overdue", search=True),
        Visit("imports"),
        Visit("import_batch", of="batch"),
        Visit("bulletins"),
        Visit("bulletin", of="bulletin"),
        Visit("bulletin_edit", of="bulletin"),
    ],
    "colleague": [Visit("closure_decide", of="closure"), Visit("requests"), Visit("spot_checks")],
    "supervisor": [
        Visit("desk"),
        Visit("requests"),
        Visit("requests", query="state=decided"),
        Visit("notices", query="state=replied", search=True),
        Visit("notice", of="answered"),
        Visit("notice_proposals"),
        Visit("notice_new", query="task={task}"),
        Visit("notice_setting", of="list"),
        Visit("extension", of="extension"),
        Visit("spot_checks", search=True),
        Visit("spot_check_make", of="task"),
        Visit("spot_check_correct", of="spot_check"),
        Visit("instruction", of="instruction"),
        Visit("overdue", query="group=unit", search=True),
        Visit("overdue_filters"),
        Visit("search", query="q=改造", search=True),
        Visit("closure_decide", of="closure"),
        Visit("scores"),
        Visit("score_rules", of="list"),
        Visit("score_period", of="scored"),
        Visit("score_lines", of="scored"),
        Visit("objections"),
        Visit("objection", of="objection"),
        Visit("reports"),
    ],
    "leader": [
        Visit("leader"),
        Visit("task", of="task"),
        Visit("task", of="task", query="kind=report&all=1"),
        Visit("instructions", search=True),
        Visit("instruction_issue", of="task"),
        Visit("leader_county", of="county"),
        Visit("leader_matrix"),
        Visit("leader_changes"),
        Visit("ledger", query="list=all&kind=all", search=True),
        Visit("ledger", query="q=查无此事", search=True),
        Visit("progress"),
        Visit("overdue", query="q=查无此事", search=True),
        Visit("search", query="q=查", search=True),
    ],
    "administrator": [Visit("desk"), Visit("imports"), Visit("import_batch", of="batch")],
    "stranger": [Visit("desk"), Visit("ledger"), Visit("reports"), Visit("progress"), Visit("messages")],
}


@pytest.fixture
def places(town: World) -> dict[str, object]:
    """The small city with something of every kind in it: what `Visit.of` names → its key."""
    by_coordinator = {"by": town.people["coordinator"], "at": AT}
    housing = town.submit("liaison", percent=30, at="2024-08-02 10:00", text="已完成 412 套，平安区进场施工。")
    entries = list(housing.entries.values_list("pk", flat=True))
    accept_entries(report=housing, entry_ids=entries[:1], **by_coordinator)
    return_entries(report=housing, entry_ids=entries[1:], reason="请补充数量、地点和时间节点", **by_coordinator)
    closure = request_closure(
        task=town.task(1),
        unit=town.units["市住房建设局"],
        evidence_text="已验收，验收意见见附件。",
        by=town.people["liaison"],
        at=AT,
    )
    extension = request_extension(
        task=town.task(2),
        unit=town.units["市住房建设局"],
        asked_due_on=dt.date(2025, 3, 31),
        reason="冬季停工，来年开春后完成。",
        by=town.people["liaison"],
        at=AT,
    )
    seen = Seen("职教路工地", AT.date(), "已开工 800 套，比所报的少。", "yellow")
    check = make_spot_check(task=town.task(1), unit=None, seen=seen, by=town.people["supervisor"], at=AT)
    instruction = issue_instruction(task=town.task(1), text="请加快。", by=town.people["leader"], at=AT)
    draft = NoticeDraft(town.units["市住房建设局"], NoticeLevel.ORDER, (town.task(1),), "请倒排工期。")
    other = NoticeDraft(town.units["市教育局"], NoticeLevel.REMINDER, (town.task(3),), "请说明原因。")
    by = town.people["supervisor"]
    notice, answered = issue_notices(task_list=town.task_list, drafts=[draft, other], by=by, at=AT)
    reply_notice(notice=answered, reply_text="已结对 3 所学校。", version=0, by=town.people["school"], at=AT)
    batch = stage(
        content=LIST.encode(),
        file_name="清单.csv",
        by=town.people["coordinator"],
        at=AT,
        task_list=town.task_list,
    )
    first = close_period(period=town.task_list.periods.earliest("opens_at"), **by_coordinator)
    line, objection = objected(town, first.period)
    deliver_waiting(at=AT)
    return {
        "list": town.task_list.slug,
        "scored": first.period_id,
        "score_unit": (town.task_list.slug, town.units["市住房建设局"].pk),
        "score_line": line.pk,
        "objection": objection.pk,
        "bulletin": draft_bulletin(period=first.period, **by_coordinator).pk,
        "task": town.task(1).pk,
        "county": town.units["乐都区政府"].pk,
        "returned": housing.pk,
        "submitted": town.submit("colleague", percent=20, at="2024-08-02 10:00").pk,
        "draft": town.report("school").pk,
        "closure": closure.pk,
        "extension": extension.pk,
        "notice": notice.pk,
        "answered": answered.pk,
        "spot_check": check.pk,
        "instruction": instruction.pk,
        "batch": batch.pk,
        "message": Message.objects.filter(recipient=town.people["liaison"], channel=Channel.SITE).latest("pk").pk,
    }


def objected(town: World, period: Period) -> tuple[ScoreLine, Objection]:
    """A round scored; a line of 市住房建设局 that it objected to."""
    by, scheme = {"by": town.people["supervisor"], "at": AT}, usual(starts_on=period.first_day)
    save_scheme(task_list=town.task_list, scheme=scheme, reason="年度考核开始", version=0, **by)
    sheet = publish_sheet(period=period, **by)
    line = sheet.lines.select_related("sheet").get(unit__name="市住房建设局", kind="missing")
    return line, file_objection(line=line, text="当日平台故障。", by=town.people["liaison"], at=AT)


@pytest.fixture
def browser_of(town: World, browser_context, live_server) -> Callable[..., BrowserContext]:
    """`browser_of("leader", viewport=PHONE)` is a browser in which one of the cast is signed in already."""

    def context(who: str, **options: object) -> BrowserContext:
        opened = browser_context(**options)
        if who:
            client = Client()
            client.force_login(town.people[who], backend="django.contrib.auth.backends.ModelBackend")
            name = django_settings.SESSION_COOKIE_NAME
            opened.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return opened

    return context


def paths(who: str, places: dict[str, object]) -> list[str]:
    found = []
    for visit in VISITS[who]:
        named = places[visit.of] if visit.of else ()
        args = named if isinstance(named, tuple) else (named,)
        found.append(reverse(visit.name, args=args) + (visit.query and f"?{visit.query.format_map(places)}"))
    return found


def visits(page: Page, base: str, who: str, places: dict[str, object]) -> Iterator[tuple[Visit, str]]:
    """Open each page of one of the cast in turn; which one it is, and words that say so."""
    for visit, path in zip(VISITS[who], paths(who, places), strict=True):
        answer = page.goto(base + path)
        assert answer is not None
        assert answer.ok, f"{who} {path}: {answer.status}"
        yield visit, f"{who or 'nobody'} {path}"


def test_every_page_is_well_formed_accessible_fits_its_window_and_prints_bare(places, browser_of, live_server):
    found = []
    for who in VISITS:
        page = browser_of(who, viewport=PHONE).new_page()
        for visit, where in visits(page, live_server.url, who, places):
            found += [f"{where}: {wrong}" for wrong in form_of(page)]
            page.evaluate(AXE)
            for viewport in (PHONE, DESKTOP):
                page.set_viewport_size(viewport)
                window = f"{where} at {viewport['width']} px"
                if wider := sideways(page):
                    found.append(f"{window}: {wider} px too wide")
                found += [f"{window}: {violation}" for violation in page.evaluate(ASK_AXE)]
            if visit.name != "login":
                page.emulate_media(media="print")
                found += [f"{where} printed: {element}" for element in page.evaluate(ASK_VISIBLE, CHROME)]
                page.emulate_media(media="screen")
            page.set_viewport_size(
                PHONE
            )  # loaded narrow and widened: plots follow a window that shrinks only after a while
    assert not found, "\n".join(found)


def form_of(page: Page) -> Iterator[str]:
    """What a page lacks of a heading, a title, a language and sound markup."""
    if (count := page.locator("h1").count()) != 1:
        yield f"{count} h1"
    if not page.title().strip(" ·").removesuffix("督办台账").strip(" ·"):
        yield "no title of its own"
    if page.locator("html").get_attribute("lang") != "zh-hans":
        yield "lang"
    yield from page.evaluate(ASK_MARKUP)


def test_the_keyboard_s_place_is_always_seen_and_the_slash_leads_to_the_search(places, browser_of, live_server):
    found = []
    for who in ("", "liaison", "coordinator", "administrator"):
        page = browser_of(who).new_page()
        for visit, where in visits(page, live_server.url, who, places):
            for _step in range(12):
                page.keyboard.press("Tab")
                nowhere, seen, element = page.evaluate(ASK_FOCUS)
                if not (nowhere or seen):
                    found.append(f"{where}: focus not seen on {element}")
            if visit.search:
                page.locator("h1").click()
                page.keyboard.press("/")
                expect(page.locator("main input[type=search]")).to_be_focused()
    assert not found, "\n".join(found)


def test_from_a_page_without_a_search_the_slash_leads_to_the_one_in_the_bar(places, browser_of, live_server):
    page = browser_of("leader").new_page()
    page.goto(f"{live_server.url}/messages/")
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.locator(".top input[type=search]")).to_be_focused()
    page.keyboard.type("查无此事")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    expect(page.get_by_role("heading", name="没有找到")).to_be_visible()


def test_every_link_of_the_navigation_opens_the_page_it_names(places, browser_of, live_server):
    for who in ("liaison", "coordinator", "administrator"):  # between them they have every link
        page = browser_of(who).new_page()
        page.goto(live_server.url)
        links = page.locator("header nav a:visible")
        for number in range(links.count()):
            words = links.nth(number).inner_text()
            with page.expect_navigation() as navigation:
                links.nth(number).click()
            assert navigation.value.ok, f"{who}: {words}"
            if "/admin/" in page.url:
                page.goto(live_server.url)
                continue
            expect(page.locator("header nav [aria-current=page]")).to_have_text(words)


def test_the_language_is_switched_on_the_page_and_every_page_can_be_read_in_english(places, browser_of, live_server):
    for who in VISITS:
        context = browser_of(who)
        page = context.new_page()
        page.goto(live_server.url)
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        for path in paths(who, places):
            # The pages as such, without drawing them: their scripts have been tried in Chinese.
            answer = context.request.get(live_server.url + path)
            assert answer.ok, f"{who} {path}: {answer.status}"
            assert '<html lang="en">' in answer.text(), f"{who} {path}"


def test_on_the_phone_the_folded_filters_of_the_ledger_open_beneath_their_box(places, browser_of, live_server):
    page = browser_of("supervisor", viewport=PHONE).new_page()
    page.goto(live_server.url + reverse("ledger"))
    fold, bar = page.locator(".fold").bounding_box(), page.locator("#ledger-filters").bounding_box()
    assert fold
    assert bar
    assert (fold["x"], fold["width"]) == (bar["x"], bar["width"])
    assert fold["y"] + fold["height"] <= bar["y"]
    expect(page.locator("#field-county")).to_be_hidden()
    page.get_by_label("更多筛选条件").check()
    expect(page.locator("#field-county")).to_be_visible()
