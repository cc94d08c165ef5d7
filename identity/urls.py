from django.urls import path

from . import key_views, settings_views, views

app_name = "identity"
urlpatterns = [
    path("session/", views.session_state, name="session"),
    path("sites/switch/", views.switch_site, name="switch_site"),
    path("settings/", settings_views.settings_list, name="settings"),
    path("language/", views.choose_language, name="choose_language"),
    path("keys/", key_views.key_list, name="keys"),
    path("keys/new/", key_views.make_key, name="make_key"),
    path("keys/<str:public_id>/", key_views.key_made, name="key_made"),
    path("keys/<str:public_id>/revoke/", key_views.revoke_key, name="revoke_key"),
]
