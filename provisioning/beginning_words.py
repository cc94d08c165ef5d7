"""The words with which a portal begins: names that services and offices go by, and a few that offend.

A word that offends is looked for anywhere in a name, so that none is here which is part of an innocent one ("nazi" is
in "nazionale"). What is missing, the vendor's people add; what is too much, they take away.
"""

RESERVED = (
    "abuse", "account", "accounts", "admin", "administrator", "api", "app", "auth", "autoconfig",
    "autodiscover", "billing", "calling", "cdn", "dns", "docs", "email", "ftp", "help", "hostmaster", "imap",
    "info", "localhost", "login", "mail", "meetings", "messaging", "mx", "noreply", "ns1", "ns2", "partner",
    "partners", "pop", "portal", "portway", "postmaster", "proxy", "root", "security", "setup", "sip", "smtp",
    "sso", "static", "status", "support", "system", "test", "vpn", "webmaster", "wpad", "www",
)  # fmt: skip
OFFENSIVE = (
    "arsehole", "asshole", "bastard", "bullshit", "caralho", "fuck", "kurwa", "shithead", "stronzo",
    "vaffanculo",
)  # fmt: skip
