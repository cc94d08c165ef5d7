from django.urls import path

from ..letterhead import views as letterhead
from . import views

app_name = "papers"
urlpatterns = [
    path("letterhead/", letterhead.letterhead, name="letterhead"),
    path("letterhead/logo/", letterhead.logo, name="logo"),
    path("<slug:public_id>/pdf/", views.pdf, name="pdf"),
    path("<slug:public_id>/xlsx/", views.xlsx, name="xlsx"),
]
