"""System mail: invitations, resets, reminders to staff. Never a message to a customer."""

from django.core.mail.backends.console import EmailBackend


class FirmBackend(EmailBackend):
    """Prints until the firm's mail server is set up."""
