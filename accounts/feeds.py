"""Sites, as the vendor's partner management sends them: the feed `sites`.

Being written now, by whoever takes the directory (models, feeds, pages, tests) off the engine of feeds. The kind of a site never changes; one that a complete file lacks is made inactive.
"""
