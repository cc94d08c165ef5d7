"""To whom lines of the demo world are mailed of which there is more to see: by these, lines and mails are found."""

BEGUN = "rollout"  # somebody has begun
FIRST_OF_ALL = "new.office"  # somebody has begun, at a partner who has never set anything up
CONFIRMED = "branch.office"  # the organisations are confirmed
REFUSED = "second.floor"  # it could not be set up
SET_UP = "helpdesk"
LATE = "holiday"  # nobody began in time
