"""Roles: the built-in ones, and those people make.

Nobody can put into a role what their own role does not allow, and nobody can change a role that allows more than
theirs: a role is a way to hand on rights, never to gain them.
"""

from setia.accounts.models import Role

_SEES = {Role.BuiltIn.SALES: Role.Sees.OWN}


def make_built_in_roles() -> None:
    """Put in the built-in roles that are not there: in a database that was emptied by hand, or by a test."""
    Role.objects.bulk_create(
        [Role(code=code, built_in=True, sees=_SEES.get(code, Role.Sees.ALL)) for code in Role.BuiltIn],
        ignore_conflicts=True,
    )
