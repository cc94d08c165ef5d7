from django.urls import path

from . import views

app_name = "calendars"
urlpatterns = [
    path("", views.calendar_list, name="list"),
    path("new/", views.add, name="add"),
    path("holidays/<str:public_id>/", views.change_holiday, name="change_holiday"),
    path("holidays/<str:public_id>/remove/", views.remove_holiday, name="remove_holiday"),
    path("<str:public_id>/", views.calendar_page, name="calendar"),
    path("<str:public_id>/change/", views.change, name="change"),
    path("<str:public_id>/remove/", views.remove, name="remove"),
    path("<str:public_id>/holidays/", views.add_holiday, name="add_holiday"),
    path("<str:public_id>/paste/", views.paste, name="paste"),
    path("<str:public_id>/copy/", views.copy_year, name="copy_year"),
]
