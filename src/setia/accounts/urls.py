"""Who comes in, and the settings. The front door is django-allauth's, the rest is ours."""

from allauth.account import views as allauth
from allauth.mfa.base.views import authenticate as second_step
from allauth.mfa.webauthn.views import login_webauthn
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path

from setia.accounts import views

urlpatterns = [
    # The front door
    path("welcome/<str:token>/", views.welcome, name="welcome"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("sign-in/", allauth.login, name="account_login"),
    path("sign-in/second-step/", second_step, name="mfa_authenticate"),
    path("sign-in/passkey/", login_not_required(login_webauthn), name="mfa_login_webauthn"),
    path("sign-in/confirm/", views.confirm_identity, name="confirm_identity"),
    path("sign-in/second-factor/", views.second_factor_due, name="second_factor_due"),
    path("sign-in/new-address/<str:token>/", views.confirm_email, name="confirm_email"),
    path("sign-in/inactive/", allauth.account_inactive, name="account_inactive"),
    path("sign-out/", allauth.logout, name="account_logout"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/done/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    # Settings
    path("settings/", views.settings, name="settings"),
    path("settings/profile/", views.profile, name="profile"),
    path("settings/profile/password/", allauth.password_change, name="account_change_password"),
    path("settings/profile/email/", views.change_email, name="change_email"),
    path("settings/security/", views.security, name="security"),
    path("settings/security/app/", views.add_app, name="add_app"),
    path("settings/security/passkey/", views.add_passkey, name="add_passkey"),
    path("settings/security/factors/<int:pk>/remove/", views.remove_factor, name="remove_factor"),
    path("settings/security/codes/", views.recovery_codes, name="recovery_codes"),
    path("settings/security/codes/new/", views.new_recovery_codes, name="new_recovery_codes"),
    path("settings/security/devices/others/end/", views.end_other_sessions, name="end_other_sessions"),
    path("settings/security/devices/<str:mark>/end/", views.end_session, name="end_session"),
    path("settings/people/", views.people, name="people"),
    path("settings/people/invite/", views.invite, name="invite"),
    path("settings/people/invitations/<int:pk>/revoke/", views.revoke_invitation, name="revoke_invitation"),
    path("settings/people/<int:pk>/role/", views.change_role, name="change_role"),
    path("settings/people/<int:pk>/deactivate/", views.deactivate, name="deactivate"),
    path("settings/people/<int:pk>/reactivate/", views.reactivate, name="reactivate"),
    path("settings/people/<int:pk>/sign-out/", views.sign_out_everywhere, name="sign_out_everywhere"),
    path("settings/people/second-factor/", views.require_second_factor, name="require_second_factor"),
    path("settings/people/<int:pk>/second-factor/remove/", views.remove_second_factors, name="remove_second_factors"),
    path("settings/people/<int:pk>/reset-link/", views.reset_link, name="reset_link"),
    path("settings/roles/", views.roles, name="roles"),
    path("settings/roles/new/", views.add_role, name="add_role"),
    path("settings/roles/<slug:code>/", views.edit_role, name="edit_role"),
    path("settings/roles/<slug:code>/remove/", views.remove_role, name="remove_role"),
    path("settings/teams/", views.teams, name="teams"),
    path("settings/teams/new/", views.add_team, name="add_team"),
    path("settings/teams/<int:pk>/", views.edit_team, name="edit_team"),
    path("settings/teams/<int:pk>/remove/", views.remove_team, name="remove_team"),
    path("settings/firm/", views.firm, name="firm"),
    path("settings/release/", views.release_outgoing, name="release_outgoing"),
    path("settings/mail/", views.mail_server, name="mail_server"),
    path("settings/mail/test/", views.test_mail, name="test_mail"),
    path("settings/mail/remove/", views.remove_mail_server, name="remove_mail_server"),
    path("settings/backups/", views.backups, name="backups"),
    path("settings/backups/now/", views.start_backup, name="start_backup"),
    path("settings/backups/follow/", views.follow_backup, name="follow_backup"),
    path("settings/backups/<int:pk>/cancel/", views.cancel_backup, name="cancel_backup"),
    path("settings/backups/<int:pk>/download/", views.download_backup, name="download_backup"),
    path("settings/audit/", views.audit, name="audit"),
    path("settings/audit/export/", views.export_audit, name="export_audit"),
    path("settings/jobs/", views.jobs, name="jobs"),
    path("settings/jobs/<int:pk>/retry/", views.retry_job, name="retry_job"),
]
