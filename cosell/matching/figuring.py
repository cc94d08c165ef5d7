"""How each profile's partner fares: reckoned from leads and deals into MatchFigures, by a job.

What is asked of a partner, and so counts as received:

- leads of the profile, unless they are spam or were turned away by the company's size;
- co-sell deals that came in at a location in the profile's country, from the vendor or another partner.

Accepted is what was taken on of those. The time of an answer runs from the coming to the first accepting or archiving
(declining, of a deal); what was not answered within SLOW counts with SLOW, so that not answering is no way out.
Outcomes are the partner's deals in that country that were won or lost, whoever began them.

Private deals count nowhere: the vendor's people read the figures, and learn nothing of those.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from identity import tenancy

from .ranking import SLOW

WINDOW = timedelta(days=365)

# A row of `timed` for each thing that was asked: whose profile, whether it was accepted, and after how many minutes it
# was answered (NULL: not yet, and there is time left).
RECKON = """
WITH asked AS (
    SELECT l.profile_id, l.accepted_at IS NOT NULL AS accepted, l.received_at AS at, l.answered_at
    FROM cosell_lead l
    WHERE l.received_at > %(since)s AND l.received_at <= %(now)s AND l.reason NOT IN ('spam', 'size')
  UNION ALL
    SELECT p.id, r.accepted_at IS NOT NULL, r.created_at,
        coalesce(r.accepted_at, CASE WHEN r.substatus = 'declined' THEN r.closed_at END)
    FROM cosell_referral r
    JOIN cosell_location o ON o.id = r.location_id
    JOIN cosell_profile p ON p.site_id = r.site_id AND p.country = o.country
    WHERE r.direction = 'incoming' AND r.created_at > %(since)s AND r.created_at <= %(now)s
        AND NOT (r.substatus = 'declined' AND r.reason = 'spam') AND r.sharing <> 'private'
), timed AS (
    SELECT profile_id, accepted, CASE
        WHEN answered_at IS NOT NULL
            THEN least(greatest(extract(epoch FROM answered_at - at) / 60, 0), %(slow)s)
        WHEN at <= %(now)s - %(slow)s * interval '1 minute' THEN %(slow)s
    END AS minutes
    FROM asked
), answers AS (
    SELECT profile_id, count(*) AS received, count(*) FILTER (WHERE accepted) AS accepted,
        count(minutes) AS answered,
        coalesce(floor(percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes)), 0)::int AS answer_minutes
    FROM timed GROUP BY profile_id
), outcomes AS (
    SELECT p.id AS profile_id, count(*) AS closed, count(*) FILTER (WHERE r.substatus = 'won') AS won
    FROM cosell_referral r
    JOIN cosell_location o ON o.id = r.location_id
    JOIN cosell_profile p ON p.site_id = r.site_id AND p.country = o.country
    WHERE r.substatus IN ('won', 'lost') AND r.sharing <> 'private'
        AND r.closed_at > %(since)s AND r.closed_at <= %(now)s
    GROUP BY p.id
)
INSERT INTO cosell_matchfigures AS m
    (profile_id, site_id, received, accepted, answered, answer_minutes, closed, won, reckoned_at)
SELECT p.profile_id, p.site_id, coalesce(a.received, 0), coalesce(a.accepted, 0), coalesce(a.answered, 0),
    coalesce(a.answer_minutes, 0), coalesce(o.closed, 0), coalesce(o.won, 0), %(now)s
FROM cosell_publishedprofile p
LEFT JOIN answers a ON a.profile_id = p.profile_id
LEFT JOIN outcomes o ON o.profile_id = p.profile_id
ORDER BY p.profile_id
ON CONFLICT (profile_id) DO UPDATE SET received = EXCLUDED.received, accepted = EXCLUDED.accepted,
    answered = EXCLUDED.answered, answer_minutes = EXCLUDED.answer_minutes, closed = EXCLUDED.closed,
    won = EXCLUDED.won, reckoned_at = EXCLUDED.reckoned_at
"""


def reckon(*, now: datetime) -> int:
    """Bring the figures of all public profiles in line; returns how many there are. Safe to run twice, and at once."""
    with tenancy.as_system(), connection.cursor() as cursor:
        cursor.execute(RECKON, {"now": now, "since": now - WINDOW, "slow": SLOW})
        return int(cursor.rowcount)
