"""The addresses of lines, as part of provisioning.urls."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.line_list, name="list"),
    path("counts/", views.counts, name="counts"),
    path("<slug:public_id>/", views.line_detail, name="line"),
    path("<slug:public_id>/contact/", views.contact, name="contact"),
    path("<slug:public_id>/start/", views.start, name="start"),
    path("<slug:public_id>/resend/", views.resend, name="resend"),
    path("<slug:public_id>/reopen/", views.reopen, name="reopen"),
    path("<slug:public_id>/called/", views.called, name="called"),
    path("<slug:public_id>/begin/", views.begin, name="begin"),
]
