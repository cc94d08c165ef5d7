"""What the vendor sends of customers: the directory, agreements, sites, and who looks after them."""
