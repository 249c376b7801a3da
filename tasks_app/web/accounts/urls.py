"""Signing in and out, and the own password."""

from django.contrib.auth.views import LogoutView, PasswordChangeDoneView
from django.urls import path

from tasks_app.web.accounts import views

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", views.ChangePassword.as_view(), name="password_change"),
    path("password/done/", PasswordChangeDoneView.as_view(), name="password_change_done"),
]
