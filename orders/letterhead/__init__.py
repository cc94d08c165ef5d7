"""What a reseller's papers bear at their head: logo and address, which primary and secondary contacts choose."""
