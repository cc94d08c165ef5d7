"""Reminding partners of what is due, on the days of the trade: few notices, each about all there is to say that day."""
