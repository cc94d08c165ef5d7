"""What can still be renewed: a list with its filters, what it comes to, and the page of one item."""
