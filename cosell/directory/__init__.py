"""The public directory: where customers find partners, and ask one for help (C10). Nobody signs in here."""
