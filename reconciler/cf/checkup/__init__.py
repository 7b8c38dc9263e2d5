"""Looking at a foundation as its user meets it: the way there, the token, the servers, the roles. Reads only."""
