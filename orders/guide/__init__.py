"""Guided selling: questions about a customer's need, and parts proposed for the answers. See orders/README.md.

`logic` decides, and knows neither database nor clock; `checking` finds what can never happen; `reading` makes both of
what the vendor's people wrote; `suggesting` finds the parts and what they cost.
"""
