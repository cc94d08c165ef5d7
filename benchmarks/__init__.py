"""How quick the portal is, as ratios: ours beside the least program that does the same work, in the same run.

registry.py   @benchmark, and what a benchmark returns
ground.py     what benchmarks stand on: sizes, databases, servers; each made when first asked for
rounds.py     ours and the baseline in turn
load.py       clients that send one request after another
cpu.py        the processor time of processes that are not ours to profile
web.py        gunicorn with the portal, or with anything else, set up alike
world.py      the rows, by set-based SQL, kept between runs
deals.py      the benchmarks of the deal page;  bare.py is their baseline
customers.py  the benchmark of the search for customers;  companies.py is who they are, searching.py who searches
registering.py  the benchmarks of verdicts and of the API's registering;  live.py fills, asking.py asks,
              bare_registering.py is the baseline

To add one: a module per subject, as deals.py, named in registry.SUBJECTS.
"""
