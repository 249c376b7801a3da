"""督办设置: how a list numbers, caps and proposes its notices."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tasks_app import clock
from tasks_app.accounts.permissions import can_set_notices
from tasks_app.catalogue.models import TaskList
from tasks_app.lib.dates import beijing_day
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.notices.actions import save_setting
from tasks_app.notices.models import NoticeSetting
from tasks_app.notices.queries import last_serial, setting_of
from tasks_app.notices.rules import number_text
from tasks_app.web.notices.forms import SettingForm
from tasks_app.web.shared.http import Request


@require_http_methods(["GET", "HEAD", "POST"])
def notice_setting(request: Request, slug: str) -> HttpResponse:
    """GET: the setting and the next number. POST: save it; what was typed survives a refusal."""
    lists = TaskList.objects.visible_to(request.viewer).select_related("jurisdiction")
    task_list = get_object_or_404(lists, slug=slug)
    if not can_set_notices(request.viewer, jurisdiction_id=task_list.jurisdiction_id):
        raise PermissionDenied(_("督办设置由本辖区的督查员和管理员维护。"))
    at = clock.now()
    year = beijing_day(at).year
    # A second copy: a form writes what was typed into the one that it is given.
    holds, typed = setting_of(task_list), setting_of(task_list)
    theirs: NoticeSetting | None = None
    differs: list[tuple[str, str]] = []
    refusal, status = "", 200
    if request.method == "POST":
        form, status = SettingForm(request.POST, instance=typed, year=year), 422
        if form.is_valid():
            try:
                save_setting(
                    task_list=task_list,
                    values=form.values,
                    version=form.cleaned_data["version"],
                    by=request.user,
                    at=at,
                )
            except Conflict as conflict:
                # The next attempt is made knowing what holds now, which stands above.
                (theirs,) = conflict.theirs.values()
                refusal, status, differs = str(conflict), 409, form.differences(theirs)
                words = request.POST.copy()
                words["version"] = str(theirs.version)
                form = SettingForm(words, instance=typed, year=year)
            except Refused as error:
                refusal, status = str(error), 409
            else:
                messages.success(request, _("督办设置已保存，从下一份通知起生效。"))
                return redirect("notice_setting", slug=slug)
    else:
        form = SettingForm(instance=typed, year=year)
    serial, on_paper = last_serial(holds, year), holds.on_paper(year)
    context = {
        "task_list": task_list,
        "form": form,
        "holds": holds,
        "theirs": theirs,
        "differs": differs,
        "refusal": refusal,
        "year": year,
        "issued": serial - on_paper,
        "on_paper": on_paper,
        "next_number": number_text(holds.pattern, year=year, serial=serial + 1),
    }
    return render(request, "notices/setting.html", context, status=status)
