"""What the vendor's people keep: parts to set up, what has to be known for them, days, and words no name may be."""
