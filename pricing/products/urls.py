from django.urls import path

from . import views as views

app_name = "products"
urlpatterns = [
    path("", views.part_list, name="parts"),
    path("new/", views.add_part, name="add_part"),
    path("lines/", views.line_list, name="lines"),
    path("lines/new/", views.add_line, name="add_line"),
    path("lines/<str:code>/", views.line_page, name="line"),
    path("lines/<str:code>/change/", views.change_line, name="change_line"),
    path("lines/<str:code>/retire/", views.retire_line, name="retire_line"),
    path("lines/<str:code>/bring-back/", views.bring_line_back, name="bring_line_back"),
    path("<str:number>/", views.part_page, name="part"),
    path("<str:number>/change/", views.change_part, name="change_part"),
    path("<str:number>/retire/", views.retire_part, name="retire_part"),
    path("<str:number>/bring-back/", views.bring_part_back, name="bring_part_back"),
]
