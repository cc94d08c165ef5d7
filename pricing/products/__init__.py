"""Parts and product lines: what is sold, and by what numbers."""
