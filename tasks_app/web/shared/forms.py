"""Forms that several areas build on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks_app.units.models import Unit


class ByUnitForm(forms.Form):
    """The unit is asked for only where a person speaks for several."""

    unit = forms.ChoiceField(label=_("申请单位"))

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in units}
        self.fields["unit"].choices = [(pk, unit.name) for pk, unit in self.units.items()]  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.fields["unit"].initial = str(units[0].pk)

    @property
    def chosen_unit(self) -> Unit:
        return self.units[self.cleaned_data["unit"]]
