"""Business profiles: what a partner says of itself for one country, handed in, looked at, live, withdrawn (C10)."""
