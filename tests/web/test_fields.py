"""The one template of a field: what a label, an error and a script point at is there, and once."""

import re
from collections import Counter

import pytest
from django import forms
from django.template.loader import render_to_string


class Choice(forms.Form):
    one = forms.ChoiceField(choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(
        choices=[("a", "甲"), ("b", "乙")], widget=forms.CheckboxSelectMultiple, help_text="可多选"
    )
    word = forms.CharField(help_text="照原文")
    yes = forms.BooleanField()


@pytest.mark.parametrize("name", Choice.base_fields)
def test_each_id_of_a_field_stands_once_and_is_what_its_errors_lead_to(name):
    field = Choice({})[name]
    text = render_to_string("_parts/field.html", {"field": field})
    ids = Counter(re.findall(r'\sid="([^"]*)"', text))
    assert set(ids.values()) == {1}
    assert (field.id_for_label or field.auto_id) in ids
    assert {each for words in re.findall(r'aria-describedby="([^"]*)"', text) for each in words.split()} <= ids.keys()
