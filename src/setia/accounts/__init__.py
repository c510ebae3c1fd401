"""People who use Setia: sign-in, invitations, roles, and the audit of who did what. It knows no customer."""
