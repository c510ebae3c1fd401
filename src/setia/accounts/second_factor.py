"""How django-allauth's second step behaves in Setia: secrets are sealed, names are the firm's, words are ours."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.translation import gettext_lazy as _

from setia.core.queries import firm
from setia.core.secrets import seal, unseal


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is not right. Take the newest code, or try the passkey again."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        name = firm().name
        return f"Setia {name}".strip()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host name people type; the name beside it is what the device shows."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": self.get_totp_issuer()}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": str(user)}

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The library's own letters stay unwritten; Setia's actions write theirs."""
