"""What the vendor sends of what customers have, and of what is to be renewed."""
