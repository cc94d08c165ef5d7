from django.urls import path

from . import views

app_name = "identity"
urlpatterns = [
    path("session/", views.session_state, name="session"),
    path("sites/switch/", views.switch_site, name="switch_site"),
    path("language/", views.choose_language, name="choose_language"),
]
