"""The house: servers out of Python packages and the commands in bin/, for trying, developing and testing.

Nothing here runs in production, whose image lacks the `embedded` extra.

console.py    progress lines and the errors a person can act on
processes.py  child processes with a log, stopped in order, never left behind
servers.py    PostgreSQL, Valkey and the demo mailbox: started, or shared with whoever has started them
mailbox.py    the SMTP server behind the mailbox page
run.py        bin/run        checks.py    bin/test
"""
