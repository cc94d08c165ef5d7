"""What is due, in the calendar that somebody looks at anyway: a private address, fetched by their calendar program."""
