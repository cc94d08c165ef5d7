"""What the vendor sends of orders, and of how far their services are."""
