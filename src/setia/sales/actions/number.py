"""Of which kind a telephone number is."""

from setia.customers.queries import phone


def number_kind(text: str) -> str:
    """WhatsApp for a mobile number, or one from abroad; a fixed line at home has none."""
    value = phone(text) or ""
    return "PHONE" if value.startswith("+62") and not value.startswith("+628") else "WHATSAPP"
