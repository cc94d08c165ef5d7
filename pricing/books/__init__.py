"""Price books and their editions: begun, filled, published, withdrawn."""
