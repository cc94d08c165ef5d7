"""What a partner's people note of a renewal for themselves: who is at it, until when it can wait, that it is lost."""
