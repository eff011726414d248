"""PostgreSQL's settings, and who may connect as whom. Written anew at every start."""

import pwd
from pathlib import Path

from vestibule.embedded import folders, store
from vestibule.embedded.owners import ROOT, Owner, starter

# The socket lies in the cluster folder itself, which PostgreSQL insists on being 0700. The path is
# relative to it, so that it works where the server may not walk the folders above.
SETTINGS = """\
# Written by Vestibule at every start. For changes of yours use ALTER SYSTEM.
max_connections = 100
shared_buffers = 64MB
work_mem = 4MB
maintenance_work_mem = 32MB
min_wal_size = 32MB
max_wal_size = 256MB
jit = off
timezone = 'UTC'
lc_messages = 'C'

# Nothing by network, nothing but the socket.
listen_addresses = ''
port = 5432
unix_socket_directories = '.'
unix_socket_permissions = 0700
fsync = on
full_page_writes = on
ssl = off

# To standard error, which Vestibule writes to a file of bounded size. Neither statements nor
# parameters nor the values of a row that broke a constraint.
logging_collector = off
log_destination = 'stderr'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_statement = 'none'
log_min_duration_statement = -1
log_min_duration_sample = -1
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
"""

# The kernel says who is at the other end of the socket; the map says which roles that user may be.
AUTHENTICATION = """\
# Written by Vestibule at every start.
local all all peer map=vestibule
"""

_ROLES = (store.ROLE, store.SERVER_ROLE, store.SUPERUSER)


def write(cluster: Path, owner: Owner) -> None:
    """Write all three files into the cluster folder."""
    folders.replace(cluster / "postgresql.conf", SETTINGS, owner)
    folders.replace(cluster / "pg_hba.conf", AUTHENTICATION, owner)
    folders.replace(cluster / "pg_ident.conf", _map(), owner)


def _map() -> str:
    # Whoever starts us, and root, who can read the files anyhow. Not the unprivileged user that the
    # server runs as if it is another: other programs of the machine may run as it too.
    lines = ["# Written by Vestibule at every start."]
    for name in sorted({starter().name, _root()}):
        quoted = name.replace('"', '""')
        lines += [f'vestibule "{quoted}" {role}' for role in _ROLES]
    return "\n".join(lines) + "\n"


def _root() -> str:
    try:
        return pwd.getpwuid(ROOT).pw_name
    except KeyError:
        return "root"
