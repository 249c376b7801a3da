"""A person's messages; in the demo, the mails that would have gone."""

from django.urls import path

from tasks_app.web.outbox import views

urlpatterns = [
    path("messages/", views.messages, name="messages"),
    path("messages/<int:pk>/", views.message, name="message"),
    path("demo/mail/", views.demo_mail, name="demo_mail"),
]
