"""A person's messages; in the demo, the mails that would have gone; how the machinery is."""

from django.urls import path

from tasks_app.web.outbox import health, views

urlpatterns = [
    path("messages/", views.messages, name="messages"),
    path("messages/read/", views.messages_read, name="messages_read"),
    path("messages/<int:pk>/", views.message, name="message"),
    path("demo/mail/", views.demo_mail, name="demo_mail"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
