"""What every client of a remote service needs, whichever it is: addresses, secrets, connections, files."""
