"""Proposals and quotes (A8, A5): begun, worked on, opened, revised, ordered. orders/README.md tells the rules.

For whoever has found out what a customer wants (renewals, reports, guided selling), and makes a proposal of it:

    from orders.quotes import WantedLine, begin_quote

    quote = begin_quote(
        by=actor, now=now,                      # the actor works for a reseller's site
        customer=customer,                      # of the directory; None: chosen later, on the proposal's page
        customer_site=None,                     # CustomerSite: brings level, programme and anniversary along
        currency="",                            # "": that of the site's country
        kind="new",                             # a QuoteKind: "renewal" or "new"
        title="",
        lines=[WantedLine(part_number="D0ABCLL", quantity=12), …],
        deal=None,                              # the site's own approved Deal: its discount, as it was granted
        distributor=None,                       # Site
    )
    redirect("quotes:quote", quote.public_id)

Raises NotASeller (the actor's site is no reseller), PartsUnknown(.numbers), QuoteFlawed(.flaws) for quantities that
cannot be, TooManyLines, DealNotUsable(.refusal), DistributorUnknown. Whatever else is wrong with a line (no price on
the day, a gap, an overlap) is kept, and told beside the line on the proposal's page: it stands in the way of opening.

When lines of a quote have been ordered, `orders.placing.ordered` tells whoever asked to be told.
"""

from .actions.beginning import begin_quote
from .wanted import WantedLine

__all__ = ["WantedLine", "begin_quote"]
