"""消息模板: the words of a reminder, with a preview and the placeholders that may stand in them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tasks_app import clock
from tasks_app.accounts.permissions import can_word_for_all
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.reminders import wording
from tasks_app.reminders.actions import reset_template, save_template
from tasks_app.reminders.queries import TemplateRow, preview, words_of
from tasks_app.web.reminders.common import may_set, not_yours_to_set, the_list
from tasks_app.web.shared.http import Request


class WordsForm(forms.Form):
    """Title and text; a placeholder that does not exist is said at the field in which it stands."""

    title = forms.CharField(
        label=gettext_lazy("标题"), max_length=120, error_messages={"required": gettext_lazy("请填写标题。")}
    )
    text = forms.CharField(
        label=gettext_lazy("正文"),
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": gettext_lazy("请填写正文。")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = code

    def clean_title(self) -> str:
        return self._checked("title")

    def clean_text(self) -> str:
        # Browsers send line ends as two characters.
        return self._checked("text").replace("\r\n", "\n")

    def _checked(self, name: str) -> str:
        words: str = self.cleaned_data[name]
        try:
            wording.check(words, code=self.code)
        except Refused as error:
            raise forms.ValidationError(str(error)) from error
        return words


@require_http_methods(["GET", "HEAD", "POST"])
def reminder_words(request: Request, pk: int, code: str) -> HttpResponse:
    """A list's own words for one reminder."""
    task_list = the_list(request, pk)
    if not may_set(request, task_list):
        raise not_yours_to_set(task_list)
    return _words_page(request, task_list, code)


@require_http_methods(["GET", "HEAD", "POST"])
def reminder_words_all(request: Request, code: str) -> HttpResponse:
    """The words for every list that has none of its own."""
    if not can_word_for_all(request.viewer):
        raise PermissionDenied(_("通用模板由管理员设置；汇总员可以为本单位汇总的清单另设模板。"))
    return _words_page(request, None, code)


def _words_page(request: Request, task_list: TaskList | None, code: str) -> HttpResponse:
    row = words_of(task_list, code)
    if row is None:
        raise Http404
    back = reverse("reminder_list", args=[task_list.pk]) if task_list else reverse("reminder_lists")
    initial = {"title": row.title, "text": row.text, "seen": row.mark}
    form = WordsForm(request.POST or None, initial=initial, code=code)
    theirs: Any = None
    status = 200
    if request.method == "POST" and request.POST.get("do") == "reset":
        return _reset(request, row, back)
    if request.method == "POST" and form.is_valid() and request.POST.get("do") != "preview":
        try:
            save_template(task_list=task_list, code=code, **form.cleaned_data, by=request.user, at=clock.now())
        except Conflict:
            status, theirs = 409, words_of(task_list, code)
            given = request.POST.copy()
            given["seen"] = theirs.mark if theirs else ""
            form.data = given
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("模板已保存，从下一次提醒起使用。"))
            return redirect(back)
    sound = not form.is_bound or form.is_valid()
    words = form.cleaned_data if form.is_bound and sound else {"title": row.title, "text": row.text}
    title, text = preview(title=words["title"], text=words["text"], code=code) if sound else ("", "")
    context = {
        "task_list": task_list,
        "row": row,
        "form": form,
        "theirs": theirs,
        "preview_title": title,
        "preview_text": text,
        "placeholders": wording.placeholders_of(code).items(),
        "back": back,
    }
    return render(request, "reminders/words.html", context, status=status)


def _reset(request: Request, row: TemplateRow, back: str) -> HttpResponse:
    if row.stored is not None:
        reset_template(template=row.stored, by=request.user, at=clock.now())
        messages.success(request, _("已恢复默认模板。"))
    return redirect(back)
