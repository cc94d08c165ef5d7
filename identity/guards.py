"""Row-level security of the tables that libraries bring. Only signing in touches them, so only the door role does."""

from .tenancy import ANONYMOUS, OWNER, guard, may

ALL = "select insert update delete"

for label in (
    "account.EmailConfirmation",
    "socialaccount.SocialAccount",
    "socialaccount.SocialToken",
    "socialaccount.SocialApp",
):
    guard(label, may(ANONYMOUS, ALL))

# The owner reads these for the functions of accounts/migrations: whose address is this, has somebody a second factor.
for label in ("account.EmailAddress", "mfa.Authenticator"):
    guard(label, may(ANONYMOUS, ALL), may(OWNER, "select"))

# Django's own bookkeeping; nothing at run time needs it, but `migrate` adds to it
# with each new model, as the owner, whom FORCE ROW LEVEL SECURITY binds too. `migrate` keeps it, as the tables' owner.
for label in ("auth.Permission", "auth.Group", "auth.Group_permissions", "contenttypes.ContentType"):
    guard(label, may(OWNER, ALL))
