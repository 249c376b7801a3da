"""通报: the list of them, one to read, one to edit, and what is done to it."""

from django.urls import path

from tasks_app.web.bulletins import editing, views

urlpatterns = [
    path("bulletins/", views.bulletins, name="bulletins"),
    path("bulletins/draft/<int:pk>/", views.bulletin_draft, name="bulletin_draft"),
    path("bulletins/style/<slug:slug>/", editing.bulletin_style, name="bulletin_style"),
    path("bulletins/<int:pk>/", views.bulletin, name="bulletin"),
    path("bulletins/<int:pk>/docx/", views.bulletin_docx, name="bulletin_docx"),
    path("bulletins/<int:pk>/edit/", editing.bulletin_edit, name="bulletin_edit"),
    path("bulletins/<int:pk>/rebind/", editing.bulletin_rebind, name="bulletin_rebind"),
    path("bulletins/<int:pk>/submit/", views.bulletin_submit, name="bulletin_submit"),
    path("bulletins/<int:pk>/withdraw/", views.bulletin_withdraw, name="bulletin_withdraw"),
    path("bulletins/<int:pk>/decide/", views.bulletin_decide, name="bulletin_decide"),
    path("bulletins/<int:pk>/publish/", views.bulletin_publish, name="bulletin_publish"),
    path("bulletins/<int:pk>/recall/", views.bulletin_recall, name="bulletin_recall"),
    path("bulletins/<int:pk>/discard/", views.bulletin_discard, name="bulletin_discard"),
]
