"""What people are told about deals, a module a subject. Registered when the app starts."""

# In the order in which people find them among their preferences.
from . import moves, conversation, watching, amending, extending, programme, proposing  # noqa: F401, I001
