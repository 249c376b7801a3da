"""The key that the database makes of a text is the one that Python makes."""

import pytest
from django.db.models import F

from tasks_app.catalogue.models import Document
from tasks_app.search.folding import BETWEEN, Folded, folded_key


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "东督〔2024〕3号",
        "东督［２０２４］３号",
        "【急】请 于 本周五　前，报送ＡＰＰ情况",
        "一段话\n\t分成几行",
        "“引号”与‘引号’—破折号",
        "",
        "100%完成",
        "it's",
    ],
)
def test_one_text_has_one_key(text):
    Document.objects.create(number="x", title=text, issuer="", issued_on="2024-07-09")
    key = Document.objects.annotate(key=Folded("title")).values_list("key", flat=True).get()
    assert key == folded_key(text)


@pytest.mark.django_db
def test_no_word_is_found_across_two_columns():
    Document.objects.create(number="管", title="网", issuer="", issued_on="2024-07-09")
    rows = Document.objects.annotate(key=Folded(F("number"), F("title")))
    assert rows.get().key == f"管{BETWEEN}网"
    assert not rows.filter(key__contains="管网").exists()
