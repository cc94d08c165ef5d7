"""Customers and who may see what they order, as the vendor's systems send them: `customers` and `relationships`.

Being written now, by whoever takes the directory (models, feeds, pages, tests) off the engine of feeds: the feed `customers` (matched by the vendor's number, the tax id, the name), and the feed
`relationships` (a site and a customer, from one day until another; models.Relationship).
"""
