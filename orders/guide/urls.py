from django.urls import path

from . import views

app_name = "guide"
urlpatterns = [
    path("", views.ask, name="ask"),
    path("suggestion/", views.suggestion, name="suggestion"),
    path("quote/", views.make_quote, name="quote"),
]
