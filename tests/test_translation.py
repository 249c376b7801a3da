"""The English of the interface: complete, compiled, true to its placeholders; and what must stay Chinese does."""

import ast
import gettext
import re
from pathlib import Path

import django
import polib
import pytest
from django.conf import settings
from django.utils import translation

from tasks_app.audit.models import Event
from tasks_app.outbox.models import Message
from tasks_app.reminders.chasing import send_now
from tasks_app.reminders.queries import open_cases
from tasks_app.reporting.actions import return_entries
from tasks_app.supervision.actions import decide_closure, request_closure
from tests.factories import beijing
from tests.support.messages import (
    CATALOGUE,
    CHINESE,
    OF_DJANGO,
    Text,
    frozen_in_python,
    placeholders,
    texts,
    untranslatable_in_python,
    untranslatable_in_template,
)
from tests.support.offenders import every, listed
from tests.support.sources import ROOT, place, python_sources, templates, text_of, tree_of

# Chinese in our Python that is no text of the interface: file or folder → why.
NOT_OF_THE_INTERFACE = {
    "config/settings.py": "for whoever installs; the sender's name",
    "tasks_app/accounts/demo.py": "data of the demo",
    "tasks_app/audit/actions.py": "kept in the log",
    "tasks_app/bulletins/figures.py": "words of an official document",
    "tasks_app/bulletins/layout.py": "words of an official document",
    "tasks_app/bulletins/rules.py": "names in braces and how documents number their headings",
    "tasks_app/bulletins/wording.py": "words of an official document",
    "tasks_app/bulletins/writing.py": "words of an official document",
    "tasks_app/checks.py": "for whoever installs",
    "tasks_app/intake/columns.py": "headings that files carry",
    "tasks_app/intake/documents.py": "words of files, which are Chinese",
    "tasks_app/intake/drafts.py": "words of files, which are Chinese",
    "tasks_app/intake/readers/": "words of files, which are Chinese",
    "tasks_app/intake/rules.py": "words of files, which are Chinese",
    "tasks_app/intake/understanding/": "words of files, which are Chinese",
    "tasks_app/lib/": "numerals, dates and characters as documents have them",
    "tasks_app/management/": "for whoever installs; data of the demo",
    "tasks_app/notices/rules.py": "official papers are in the language of the house",
    "tasks_app/outbox/actions.py": "kept with the message",
    "tasks_app/paper/": "words, fonts and styles of official documents",
    "tasks_app/outbox/rules.py": "messages are in the language of the house",
    "tasks_app/reminders/": "messages are in the language of the house, and so are the names of their placeholders",
    "tasks_app/roster/columns.py": "headings that files carry",
    "tasks_app/files/rules.py": "names of files that are kept",
    "tasks_app/workbook/layout.py": "words of files, the same for whoever opens them",
    "tasks_app/search/rules.py": "how people name a task",
    "tasks_app/units/rules.py": "how documents write units' names",
    "tasks_app/workdays/rules.py": "for whoever installs: only a command reads such files",
    "tasks_app/web/reporting/review.py": "reasons that are kept and sent",
}
IN_ITS_OWN_LANGUAGE = {"中文"}  # the switch names each language in itself


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def test_nothing_is_untranslated_or_uncertain(catalogue):
    waiting = [entry.msgid for entry in catalogue if not entry.translated()]
    assert not waiting, "translate in locale/en, then run scripts/messages:\n" + "\n".join(waiting)


def test_the_catalogue_holds_what_the_sources_say_and_nothing_else(catalogue):
    known = {Text(entry.msgid, entry.msgid_plural, entry.msgctxt) for entry in catalogue}
    said = set(texts())
    new, gone = sorted(text.msgid for text in said - known), sorted(text.msgid for text in known - said)
    assert not new, listed("new texts: run scripts/messages and translate them", new)
    assert not gone, listed("gone from the sources: run scripts/messages", gone)


def test_the_compiled_catalogue_is_that_of_the_text(catalogue):
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    with every("run scripts/messages") as at:
        for entry in catalogue.translated_entries():
            with at(entry.msgid):
                if entry.msgid_plural:
                    found = [compiled.ngettext(entry.msgid, entry.msgid_plural, n) for n in (1, 2)]
                    assert found == [entry.msgstr_plural[0], entry.msgstr_plural[1]]
                elif entry.msgctxt:
                    assert compiled.pgettext(entry.msgctxt, entry.msgid) == entry.msgstr
                else:
                    assert compiled.gettext(entry.msgid) == entry.msgstr
    assert len(polib.mofile(str(CATALOGUE.with_suffix(".mo")))) == len(catalogue.translated_entries()), (
        "run scripts/messages"
    )


def test_translations_keep_placeholders_and_tags(catalogue):
    with every("take over each placeholder and tag of the Chinese") as at:
        for entry in catalogue.translated_entries():
            wanted = set(placeholders(entry.msgid)) - {"%%"}
            for translated in entry.msgstr_plural.values() or [entry.msgstr]:
                with at(entry.msgid):
                    assert set(placeholders(translated)) - {"%%"} == wanted
                    if any(each.startswith("%(") for each in wanted):
                        assert translated % Anything()


class Anything(dict):
    """Has every placeholder's value."""

    def __missing__(self, name: str) -> int:
        return 1


def test_translations_are_english(catalogue):
    """Chinese only where the text itself is about Chinese words: between quotation marks, or as names of columns."""
    with every("say it in English") as at:
        for entry in catalogue.translated_entries():
            for translated in entry.msgstr_plural.values() or [entry.msgstr]:
                left = set(CHINESE.findall(translated))
                with at(entry.msgid):
                    assert translated != entry.msgid or not left
                    assert left <= set(entry.msgid) | set("单位重点任务")


def test_templates_say_nothing_that_cannot_be_translated():
    found = [
        f"{place(path, line)}: {words}"
        for path in templates()
        for line, words in untranslatable_in_template(text_of(path))
        if not set(CHINESE.findall(words)) <= set("".join(IN_ITS_OWN_LANGUAGE))
    ]
    assert not found, listed("put it into translate, blocktranslate or _(…)", found)


def test_programs_say_nothing_that_cannot_be_translated():
    found = [
        f"{place(path, line)}: {words}"
        for path in python_sources()
        if not any(covers(name, path) for name in NOT_OF_THE_INTERFACE)
        for line, words in untranslatable_in_python(tree_of(path))
    ]
    assert not found, listed("give it to gettext", found)


def covers(name: str, path: Path) -> bool:
    """Whether an entry of NOT_OF_THE_INTERFACE, a file or a folder, speaks of this file."""
    return place(path) == name or (name.endswith("/") and place(path).startswith(name))


def test_no_text_is_read_before_somebody_asks_in_a_language():
    found = [place(path, line) for path in python_sources() for line in frozen_in_python(tree_of(path))]
    assert not found, listed("use gettext_lazy, or fill it in later", found)


def test_every_exception_is_still_needed():
    idle = [
        name
        for name in NOT_OF_THE_INTERFACE
        if not any(covers(name, path) and any(untranslatable_in_python(tree_of(path))) for path in python_sources())
    ]
    assert not idle, listed("no untranslatable Chinese is left in it: take it off NOT_OF_THE_INTERFACE", idle)


def test_the_checks_see_what_they_look_for():
    said = ast.parse('"""说明"""\nx = _("一")\ny = "二"\nz = f"三{x}"')
    assert [words for _line, words in untranslatable_in_python(said)] == ["二", "三"]
    early = "from django.utils.translation import gettext_lazy as _\nx = _('一')\ny = _('%s') % 1\nz = gettext('三')"
    assert sorted(frozen_in_python(ast.parse(early))) == [3, 4]
    marked = '{% translate "一" %}{% blocktranslate %}三{% endblocktranslate %}{{ x|date:_("n月") }}{# 四 #}'
    assert not list(untranslatable_in_template(marked))
    assert [words for _line, words in untranslatable_in_template('二{{ x|date:"n月" }}')] == ["二", 'x|date:"n月"']


def test_scripts_of_the_pages_say_nothing_themselves():
    """What they show stands in the page's data attributes, where it is translated."""
    scripts = sorted((ROOT / "static" / "js").glob("*.js"))
    said = [
        f"{place(path, number)}: {line.strip()}"
        for path in scripts
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if CHINESE.search(line) and not line.lstrip().startswith(("*", "//", "/*"))
    ]
    assert scripts
    assert not said, listed("put the words into a data attribute of the page", said)


@pytest.mark.parametrize("room", ["admin", "auth"])
def test_every_text_of_djangos_back_office_has_its_chinese(room):
    """What Django's own Chinese lacks stands in locale/zh_Hans."""
    english = Path(django.__file__).parent / "contrib" / room / "locale" / "en" / "LC_MESSAGES" / "django.po"
    with translation.override("zh-hans"):
        said = {
            entry.msgid: translation.ngettext(entry.msgid, entry.msgid_plural, 1)
            if entry.msgid_plural
            else translation.pgettext(entry.msgctxt, entry.msgid)
            if entry.msgctxt
            else translation.gettext(entry.msgid)
            for entry in polib.pofile(str(english))
            if not entry.obsolete
        }
    assert len(said) > 50
    # A text may be nothing but placeholders; it then needs no Chinese.
    assert [text for text in said if said[text] == text and re.search("[A-Za-z]", re.sub(r"%\(\w+\)s", "", text))] == []


def test_what_djangos_chinese_lacks_is_compiled():
    ours, compiled = polib.pofile(str(OF_DJANGO)), polib.mofile(str(OF_DJANGO.with_suffix(".mo")))
    said = [{entry.msgid: entry.msgstr or entry.msgstr_plural for entry in each} for each in (ours, compiled)]
    assert said[0] == said[1], "run scripts/messages"


def test_one_can_switch_the_language_and_back(client, db):
    chinese = client.get("/login/").content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": "/login/"})
    english = client.get("/login/").content.decode()
    assert 'lang="zh-hans"' in chinese
    assert "登录" in chinese
    assert 'lang="en"' in english
    assert "Sign in" in english
    assert set(CHINESE.findall(english)) <= set("".join(IN_ITS_OWN_LANGUAGE))


@pytest.mark.parametrize("address", ["/", "/tasks/", "/reports/", "/overdue/", "/progress/", "/messages/", "/imports/"])
def test_pages_open_in_english(signed_in, address):
    browser = signed_in("administrator" if address == "/imports/" else "supervisor")
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = browser.get(address)
    assert page.status_code == 200
    assert 'lang="en"' in page.content.decode()


def test_what_is_sent_and_kept_is_chinese_whatever_the_sender_reads(world):
    report = world.submit("liaison", percent=30, at="2024-08-03 09:00")
    numbers = [entry.pk for entry in report.entries.all()]
    task, housing = world.task(2), world.units["市住房建设局"]
    coordinator, liaison, supervisor = (world.people[who] for who in ("coordinator", "liaison", "supervisor"))
    at = beijing("2024-08-04 09:00")
    with translation.override("en"):
        return_entries(report=report, entry_ids=numbers, reason="请补充数量", by=coordinator, at=at)
        closure = request_closure(task=task, unit=housing, evidence_text="已验收。", by=liaison, at=at)
        decide_closure(closure=closure, granted=True, decision_text="", by=supervisor, at=at)
        cases = [case.key for case in open_cases(world.task_list, at=at)]
        send_now(task_list=world.task_list, case_keys=cases, by=coordinator, at=at)
    sent = [words for pair in Message.objects.values_list("subject", "body") for words in pair]
    kept = Event.objects.filter(at=at).values_list("target_text", flat=True)
    assert len(sent) >= 8
    for words in [*sent, *kept]:
        assert CHINESE.search(words)
        assert not re.search(r"[A-Za-z]{3}", re.sub(r"http\S+", "", words)), words
