"""提醒: what will go out, what went, how lists remind, and how I want to be told."""

from django.urls import path

from tasks_app.web.reminders import chase, failed, forecast, ladder, lists, own, robots, sent, words

urlpatterns = [
    path("reminders/", forecast.reminders, name="reminders"),
    path("reminders/sent/", sent.reminders_sent, name="reminders_sent"),
    path("reminders/failed/", failed.reminders_failed, name="reminders_failed"),
    path("reminders/lists/", lists.reminder_lists, name="reminder_lists"),
    path("reminders/policy/", lists.reminder_policy, name="reminder_policy"),
    path("reminders/words/<slug:code>/", words.reminder_words_all, name="reminder_words_all"),
    path("reminders/lists/<int:pk>/", lists.reminder_list, name="reminder_list"),
    path("reminders/lists/<int:pk>/pause/", lists.reminder_pause, name="reminder_pause"),
    path("reminders/lists/<int:pk>/chase/", chase.reminder_chase, name="reminder_chase"),
    path("reminders/lists/<int:pk>/steps/add/", ladder.reminder_step_add, name="reminder_step_add"),
    path("reminders/lists/<int:pk>/steps/<int:step_pk>/", ladder.reminder_step, name="reminder_step"),
    path("reminders/lists/<int:pk>/words/<slug:code>/", words.reminder_words, name="reminder_words"),
    path("reminders/lists/<int:pk>/robots/add/", robots.reminder_robot_add, name="reminder_robot_add"),
    path("reminders/lists/<int:pk>/robots/<int:robot_pk>/", robots.reminder_robot, name="reminder_robot"),
    path("me/reminders/", own.my_reminders, name="my_reminders"),
    path("me/reminders/test/", own.my_reminders_test, name="my_reminders_test"),
    path("me/reminders/calendar/", own.my_calendar, name="my_calendar"),
    path("calendar/<slug:token>.ics", own.calendar_feed, name="calendar_feed"),
]
