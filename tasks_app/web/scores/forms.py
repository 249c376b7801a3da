"""Forms of the scores: what is typed, before any rule is asked."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks_app.schedule.models import Period
from tasks_app.scores.choices import EXPLAINED, EventKind, Per
from tasks_app.scores.drafts import RuleDraft, SchemeDraft
from tasks_app.scores.rules import MOST, wrong_points

UPHOLD, DISMISS = "uphold", "dismiss"
HALVES = _("分值以 0.5 分为单位，不超过 100 分。")


def whole_or_half(value: Decimal) -> None:
    if wrong_points(value):
        raise forms.ValidationError(HALVES)


@dataclass(frozen=True)
class RuleFields:
    """The bound fields of one kind of event, for a row of the table."""

    kind: EventKind
    explained: str
    active: forms.BoundField
    points: forms.BoundField
    per: forms.BoundField
    cap: forms.BoundField
    wording: forms.BoundField

    @property
    def errors(self) -> list[str]:
        return [str(error) for field in (self.points, self.per, self.cap, self.wording) for error in field.errors]


class SchemeForm(forms.Form):
    """A list's rules, and the closed rounds to try them on. `version` is the one that the form was drawn from."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    base = forms.DecimalField(
        label=_("基础分"), min_value=Decimal("0.5"), max_value=MOST, decimal_places=1, validators=[whole_or_half],
        widget=forms.NumberInput({"step": "0.5"}),
    )  # fmt: skip
    starts = forms.RegexField(
        label=_("从哪一期起执行"),
        regex=r"\A20[0-9]{2}-(0[1-9]|1[0-2])\Z",
        widget=forms.TextInput({"type": "month"}),
        help_text=_("填报送期的月份，如 2025-01。已公布考核结果的期仍按当时的规则。"),
        error_messages={"invalid": _("请填年和月，如 2025-01。")},
    )
    objection_workdays = forms.IntegerField(
        label=_("申诉期限（工作日）"), min_value=1, max_value=60, help_text=_("从公布次日起算，到末日 24 时。")
    )
    basis = forms.CharField(
        label=_("依据"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2}),
        help_text=_("考核办法的名称和文号。"),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("修改理由"), max_length=500, widget=forms.Textarea({"rows": 2}),
        help_text=_("写明为什么改，各单位看得到。只试算不用填。"),
        error_messages={"required": _("请写明修改理由，它会留在规则的版本记录里，各单位都看得到。")},
    )  # fmt: skip
    rounds = forms.MultipleChoiceField(
        label=_("用哪几期试算"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一个已关账的期再试算。")},
    )

    def __init__(self, *args: Any, periods: list[Period], do: str = "", **kwargs: Any) -> None:
        """`do`: what was pressed decides what must be filled in, for `save` the reason, for `try` the rounds."""
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = do != "try"
        self.fields["rounds"].required = do != "save"
        self.periods = {str(period.pk): period for period in periods}
        self.fields["rounds"].choices = [(pk, period.name) for pk, period in self.periods.items()]  # type: ignore[attr-defined]
        for kind in EventKind:
            self._add_rule(kind)

    def clean(self) -> dict[str, Any]:
        # Drawn again, the form says of both what saving and trying need, whichever was pressed.
        self.fields["reason"].required = self.fields["rounds"].required = True
        return super().clean() or {}

    def _add_rule(self, kind: EventKind) -> None:
        label = kind.label
        small = {"step": "0.5"}
        self.fields |= {
            f"{kind}-active": forms.BooleanField(label=_("启用") + f"“{label}”", required=False),
            f"{kind}-points": forms.DecimalField(
                label=f"{label} · " + _("分值"), min_value=-MOST, max_value=MOST, decimal_places=1,
                validators=[whole_or_half], widget=forms.NumberInput(small),
            ),
            f"{kind}-per": forms.ChoiceField(label=f"{label} · " + _("计分方式"), choices=Per.choices),
            f"{kind}-cap": forms.DecimalField(
                label=f"{label} · " + _("每期上限"), required=False, min_value=Decimal("0.5"), max_value=MOST,
                decimal_places=1, validators=[whole_or_half], widget=forms.NumberInput(small),
            ),
            f"{kind}-wording": forms.CharField(label=f"{label} · " + _("规则原文"), required=False, max_length=200),
        }  # fmt: skip

    @property
    def head_fields(self) -> Iterator[forms.BoundField]:
        """What stands above the table."""
        return (self[name] for name in ("base", "starts", "objection_workdays", "basis"))

    @property
    def rule_rows(self) -> Iterator[RuleFields]:
        for kind in EventKind:
            fields = {name: self[f"{kind}-{name}"] for name in ("active", "points", "per", "cap", "wording")}
            yield RuleFields(kind=kind, explained=str(EXPLAINED[kind]), **fields)

    @property
    def draft(self) -> SchemeDraft:
        """What `scores.actions.save_scheme` takes."""
        words = self.cleaned_data
        return SchemeDraft(
            base=words["base"],
            starts_on=dt.date.fromisoformat(f"{words['starts']}-01"),
            objection_workdays=words["objection_workdays"],
            basis=words["basis"],
            rules=[
                RuleDraft(kind.value, **{
                    name: words[f"{kind}-{name}"] for name in ("active", "points", "per", "cap", "wording")
                })
                for kind in EventKind
            ],
        )  # fmt: skip

    @property
    def chosen(self) -> list[Period]:
        return [self.periods[pk] for pk in self.cleaned_data["rounds"]]


def initial_of(draft: SchemeDraft, *, version: int, rounds: list[Period]) -> dict[str, Any]:
    """A scheme as the form shows it first."""
    values: dict[str, Any] = {
        "version": version,
        "base": _plain(draft.base),
        "starts": f"{draft.starts_on:%Y-%m}",
        "objection_workdays": draft.objection_workdays,
        "basis": draft.basis,
        "rounds": [str(period.pk) for period in rounds],
    }
    for rule in draft.rules:
        for name in ("active", "per", "wording"):
            values[f"{rule.kind}-{name}"] = getattr(rule, name)
        values[f"{rule.kind}-points"], values[f"{rule.kind}-cap"] = _plain(rule.points), _plain(rule.cap)
    return values


def _plain(value: Decimal | None) -> str:
    """10 and 0.5, not 10.0."""
    return "" if value is None else f"{value.normalize():f}"


class ObjectionForm(forms.Form):
    """Why the line is wrong; files come beside it."""

    text = forms.CharField(
        label=_("申诉理由"), max_length=2000, widget=forms.Textarea({"rows": 6}),
        help_text=_("写明哪里不符、事实经过和依据。督查员据此裁定，汇总单位看得到。"),
        error_messages={"required": _("请写明申诉理由，督查员要据此裁定。")},
    )  # fmt: skip


class DecisionForm(forms.Form):
    """Uphold or dismiss; both need a reason."""

    decision = forms.ChoiceField(
        label=_("裁定"),
        choices=[(UPHOLD, _("申诉成立，撤销这一行")), (DISMISS, _("维持原扣分"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("裁定理由"), max_length=2000, widget=forms.Textarea({"rows": 4}),
        help_text=_("申诉单位看得到。"), error_messages={"required": _("请写明裁定理由，申诉单位会看到。")},
    )  # fmt: skip

    @property
    def upheld(self) -> bool:
        return self.cleaned_data["decision"] == UPHOLD
