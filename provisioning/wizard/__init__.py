"""The pages behind a *Set up now* link, from the first question to the progress of what is being set up (D4–D12)."""
