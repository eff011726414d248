"""The SQL that a new cluster is born with, run in PostgreSQL's single-user mode."""

DATABASE = "vestibule"
ROLE = "vestibule"
SUPERUSER = "postgres"

# One statement a line: that is how the single-user mode reads. The role owns its database and is
# nothing beyond it; what others may do in it by default is taken away.
BIRTH = f"""\
CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION
CREATE DATABASE {DATABASE} OWNER {ROLE}
REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC
"""
