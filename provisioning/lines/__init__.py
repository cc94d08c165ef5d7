"""Lines of orders until they are set up: taken up, mailed, called about, closed; and their pages."""
