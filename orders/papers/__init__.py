"""A quote on paper: PDF, set by typst, and XLSX. See orders/README.md."""
