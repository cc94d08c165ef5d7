from django.urls import path

from .views import members, oneself, requests, sites

app_name = "accounts"
urlpatterns = [
    # asking for access
    path("access/", requests.request_access, name="request_access"),
    path("access/queue/", requests.queue, name="queue"),
    path("access/cases/<slug:public_id>/", requests.case_page, name="case"),
    path("access/cases/<slug:public_id>/approve/", requests.approve, name="approve"),
    path("access/cases/<slug:public_id>/reject/", requests.reject, name="reject"),
    path("access/cases/<slug:public_id>/site/", requests.assign, name="assign"),
    path("access/<slug:public_id>/", requests.request_page, name="request"),
    path("access/<slug:public_id>/withdraw/", requests.withdraw, name="withdraw"),
    # the people of a site
    path("users/", members.users, name="users"),
    path("users/add/", members.add, name="add"),
    path("users/requests/", requests.site_requests, name="requests"),
    path("users/invitations/", members.invitations, name="invitations"),
    path("users/invitations/<slug:public_id>/revoke/", members.revoke_invitation, name="revoke_invitation"),
    path("users/invitations/<slug:public_id>/resend/", members.resend_invitation, name="resend_invitation"),
    path("users/<slug:public_id>/", members.member_page, name="member"),
    path("users/<slug:public_id>/edit/", members.edit, name="edit"),
    path("users/<slug:public_id>/rights/", members.grant, name="grant"),
    path("users/<slug:public_id>/standing/", members.standing, name="standing"),
    path("users/<slug:public_id>/remove/", members.remove, name="remove"),
    path("invitations/<slug:secret>/", members.invitation, name="invitation"),
    path("invitations/<slug:secret>/accept/", members.accept, name="accept"),
    # the vendor's people
    path("sites/", sites.sites, name="sites"),
    path("sites/<slug:public_id>/", sites.site_page, name="site"),
    path("sites/<slug:public_id>/primary/", sites.change_primary, name="change_primary"),
    # oneself
    path("profile/", oneself.profile, name="profile"),
    path("profile/sessions/", oneself.end_sessions, name="end_sessions"),
    path("profile/sites/<slug:public_id>/leave/", oneself.leave, name="leave"),
    path("second-factor/", oneself.second_factor_needed, name="second_factor"),
]
