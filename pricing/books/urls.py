from django.urls import path

from . import views as views

app_name = "prices"
urlpatterns = [
    path("", views.book_list, name="books"),
    path("new/", views.add_book, name="add_book"),
    path("editions/<str:public_id>/", views.edition_page, name="edition"),
    path("editions/<str:public_id>/change/", views.change_edition, name="change_edition"),
    path("editions/<str:public_id>/discard/", views.discard_edition, name="discard_edition"),
    path("editions/<str:public_id>/publish/", views.publish_edition, name="publish_edition"),
    path("editions/<str:public_id>/withdraw/", views.withdraw_edition, name="withdraw_edition"),
    path("editions/<str:public_id>/downloads/", views.downloads, name="downloads"),
    path("<str:public_id>/", views.book_page, name="book"),
    path("<str:public_id>/change/", views.change_book, name="change_book"),
    path("<str:public_id>/editions/new/", views.begin_edition, name="begin_edition"),
]
