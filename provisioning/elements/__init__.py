"""Provisioning forms: what has to be known of a line before it can be set up, who fills it in, and asking again."""
