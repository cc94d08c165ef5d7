"""What customers have once it is set up: subscriptions, trials, and how they go on."""
