"""督办通知: proposed, issued, answered, judged."""

from django.urls import path

from tasks_app.web.notices import drafting, listing, replies, settings, views

urlpatterns = [
    path("notices/", listing.notices, name="notices"),
    path("notices.csv", listing.notices_csv, name="notices_csv"),
    path("notices/proposed/", listing.notice_proposals, name="notice_proposals"),
    path("notices/new/", drafting.notice_new, name="notice_new"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("notices/<int:pk>/notice.docx", views.notice_docx, name="notice_docx"),
    path("notices/<int:pk>/receive/", replies.notice_receive, name="notice_receive"),
    path("notices/<int:pk>/reply/", replies.notice_reply, name="notice_reply"),
    path("notices/<int:pk>/judge/", views.notice_judge, name="notice_judge"),
    path("notices/<int:pk>/withdraw/", views.notice_withdraw, name="notice_withdraw"),
    path("notices/files/<int:pk>/", replies.notice_file, name="notice_file"),
    path("notices/files/<int:pk>/remove/", replies.notice_file_remove, name="notice_file_remove"),
    path("lists/<slug:slug>/notices/", settings.notice_setting, name="notice_setting"),
]
