"""Thin views: each translates a request into one action or a few reads, and the answer into a page."""
