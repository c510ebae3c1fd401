"""The sign-in of the demo's owner."""

import base64

from django.utils.crypto import salted_hmac

EMAIL = "owner@example.com"
NAME = "Pemilik Kopi Nusantara"


def login() -> tuple[str, str]:
    """E-mail address and password of the demo's owner.

    The password follows from this installation's secret key: it can be shown again at any time, and knowing Setia's
    code tells nobody what it is.
    """
    digest = salted_hmac("setia.demo.login", EMAIL, algorithm="sha256").digest()
    letters = base64.b32encode(digest).decode().lower()
    return EMAIL, f"kopi-{letters[:4]}-{letters[4:8]}-{letters[8:12]}"
