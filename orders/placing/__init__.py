"""Orders placed here (A5): by part number, from a list, from a file, from a quote. orders/README.md tells the rules."""
