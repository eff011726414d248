"""The SQL that a new cluster is born with, run in PostgreSQL's single-user mode."""

DATABASE = "vestibule"
ROLE = "vestibule"
SERVER_ROLE = "vestibule_server"
SUPERUSER = "postgres"

# One statement a line: that is how the single-user mode reads. The role owns its database and is
# nothing beyond it; what others may do in it by default is taken away. The server's own role may
# come in; what it may do there, the owner says after each migration (`migrations.roles`).
_MAKE_SERVER_ROLE = (
    f"CREATE ROLE {SERVER_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"
)
_LET_IN = f"GRANT CONNECT ON DATABASE {DATABASE} TO {SERVER_ROLE}"
BIRTH = f"""\
CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION
CREATE DATABASE {DATABASE} OWNER {ROLE}
REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC
{_MAKE_SERVER_ROLE}
{_LET_IN}
"""

# For a cluster from before there was a role for the server.
SECOND_ROLE = f"""\
DO $$ BEGIN IF to_regrole('{SERVER_ROLE}') IS NULL THEN {_MAKE_SERVER_ROLE}; END IF; END $$
{_LET_IN}
"""
