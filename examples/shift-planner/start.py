"""`make example`: Vestibule and the shift planner, each a process; set up on the first run.

What is set up goes the way of a person: an account by a mailed link, an organization, an app.
"""

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from vestibule_api import Refused, call

HERE = Path(__file__).parent
ADA = "ada@example.com"
PASSWORD = "a lamp by the stairs"  # noqa: S105  of an example that this machine alone can reach
ORGANIZATION = "corner-bakery"
APP = "shift-planner"
READY_SECONDS = 60

WORDS = """
The shift planner   {planner}
Vestibule           {vestibule}
Mails are shown at  {vestibule}/mailbox

Try this:
1. Open the planner. Sign in as {ada} with the password: {password}
   Ada is a Manager. Add a shift, then invite employee@example.com as an Employee under People.
2. In a private window, open the mailbox, the invitation, and its link. Choose a password.
3. You are at the planner as the Employee: you may take a free shift, and plan nothing.

Ada looks after the app at {vestibule}/organizations/{organization}, with the same password.
Ctrl-C ends both. `rm -r {data}` forgets everything.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything is."""

    data: Path
    port: int
    planner_port: int

    @property
    def vestibule(self) -> str:
        """Give where Vestibule is. Another host than the planner's, so that cookies do not meet."""
        return f"http://localhost:{self.port}"

    @property
    def planner(self) -> str:
        """Give where the planner is."""
        return f"http://127.0.0.1:{self.planner_port}"

    @property
    def environment(self) -> dict[str, str]:
        """Give Vestibule's settings: its own database in the data folder, no mail server."""
        kept = {name: os.environ[name] for name in os.environ if not name.startswith("VESTIBULE_")}
        return kept | {
            "VESTIBULE_DATA_DIR": str(self.data / "vestibule"),
            "VESTIBULE_BASE_URL": self.vestibule,
        }


def main() -> int:
    """Start both, set up what is missing, say what to try, and wait for Ctrl-C."""
    place = read_place()
    for port in (place.port, place.planner_port):
        if is_taken(port):
            print(f"Port {port} is taken. Choose others: --port, --planner-port", file=sys.stderr)
            return 1
    place.data.mkdir(parents=True, exist_ok=True)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    started: list[subprocess.Popen[bytes]] = []
    try:
        return run(place, started)
    except KeyboardInterrupt:
        return 0
    finally:
        end(started)


def run(place: Place, started: list[subprocess.Popen[bytes]]) -> int:
    """Run both until one ends. Gives the exit status."""
    print("Starting Vestibule. The first time takes a few seconds.", flush=True)
    serve = [command("vestibule"), "serve", "--port", str(place.port)]
    started.append(start("vestibule", serve, place))
    wait_for(f"{place.vestibule}/readyz", started, logs=place.data)
    set_up(place)
    planner = [sys.executable, str(HERE / "planner.py"), "--port", str(place.planner_port)]
    more = ["--vestibule", place.vestibule, "--shifts", str(place.data / "shifts.sqlite")]
    started.append(start("planner", planner + more, place))
    wait_for(f"{place.planner}/signed-out", started, logs=place.data)
    print(
        WORDS.format(
            planner=place.planner,
            vestibule=place.vestibule,
            ada=ADA,
            password=PASSWORD,
            organization=ORGANIZATION,
            data=place.data,
        ),
        flush=True,
    )
    while all(process.poll() is None for process in started):
        time.sleep(0.2)
    print(f"One of the two has ended. Its log is in {place.data}.", file=sys.stderr)
    return 1


def set_up(place: Place) -> None:
    """Make what is not there yet: Ada, her organization, its app, her password in the app."""
    token = sign_in_or(place, "", lambda: sign_up(place))
    if not is_there(place, f"/organizations/{ORGANIZATION}", token):
        new = {"name": "Corner bakery", "slug": ORGANIZATION}
        call(place.vestibule, "POST", "/organizations", new, token=token)
    if not is_there(place, f"/apps/{APP}", token):
        publish(place)
    settings = {
        "home_url": f"{place.planner}/",
        "redirect_urls": [f"{place.planner}/back"],
        "origins": [place.planner],
        "colour": "#8a3b12",
    }
    call(place.vestibule, "PATCH", f"/apps/{APP}", settings, token=token)
    # Publishing has made Ada a member of the app, without a password. She chooses one.
    sign_in_or(place, f"/apps/{APP}", lambda: choose_password(place))


def publish(place: Place) -> None:
    """Make the app and publish its security definition, as a pipeline would."""
    definition = str(HERE / "security.yaml")
    who = ["--organization", ORGANIZATION, "--as", ADA]
    subprocess.run(  # noqa: S603
        [command("vestibule"), "app", "publish", definition, *who],
        env=place.environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def sign_in_or(place: Place, door: str, come_in: Callable[[], None]) -> str:
    """Sign Ada in by this door, and if she cannot, after she has come in. Gives the token."""
    shown = {"email": ADA, "password": PASSWORD}
    try:
        session = call(place.vestibule, "POST", f"{door}/sessions", shown)
    except Refused as refused:
        if refused.code != "invalid_credentials":
            raise
        come_in()
        session = call(place.vestibule, "POST", f"{door}/sessions", shown)
    return str(session["token"])


def sign_up(place: Place) -> None:
    """Make Ada's account: address, mail, link, name and password."""
    call(place.vestibule, "POST", "/sign-ups", {"email": ADA})
    chosen = {"first_name": "Ada", "last_name": "Abel", "password": PASSWORD}
    call(place.vestibule, "POST", "/sign-ups/complete", {"key": newest_key(place), **chosen})


def choose_password(place: Place) -> None:
    """Choose Ada's password in the app, as who has forgotten theirs does."""
    path = f"/apps/{APP}/password-resets"
    call(place.vestibule, "POST", path, {"email": ADA})
    chosen = {"key": newest_key(place), "password": PASSWORD}
    call(place.vestibule, "POST", f"{path}/complete", chosen)


def newest_key(place: Place) -> str:
    """Read the key in the newest mail, in the mailbox that only this machine sees."""
    mail = find(r'href="(/mailbox/msg_[^"]+)"', get(f"{place.vestibule}/mailbox"))
    return find(r"\?key=([A-Za-z0-9_-]+)", get(place.vestibule + mail))


def is_there(place: Place, path: str, token: str) -> bool:
    """Tell whether the API has it."""
    try:
        call(place.vestibule, "GET", path, token=token)
    except Refused as refused:
        if refused.status != 404:
            raise
        return False
    return True


def start(name: str, arguments: list[str], place: Place) -> "subprocess.Popen[bytes]":
    """Start a program; what it says goes to a file of this name."""
    with (place.data / f"{name}.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603
            arguments,
            env=place.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us: each is told once, and ends in good order
        )


def end(started: list[subprocess.Popen[bytes]]) -> None:
    """End what was started, and wait until it has."""
    for process in started:
        process.terminate()
    for process in started:
        process.wait()


def wait_for(address: str, started: list[subprocess.Popen[bytes]], *, logs: Path) -> None:
    """Wait until something answers there. Raises SystemExit if it never will."""
    ends_at = time.monotonic() + READY_SECONDS
    while time.monotonic() < ends_at and started[-1].poll() is None:
        try:
            get(address)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"Nobody answers at {address}. The logs in {logs} say why.")


def get(address: str) -> str:
    """Get a page of ours."""
    with urlopen(address, timeout=5) as answer:  # noqa: S310  the address is our own
        return str(answer.read().decode())


def find(pattern: str, page: str) -> str:
    """Give the first match of the pattern's group."""
    found = re.search(pattern, page)
    if found is None:
        raise SystemExit("The mailbox does not show the mail that was asked for.")
    return found[1]


def command(name: str) -> str:
    """Give a command that was installed beside this Python."""
    return str(Path(sys.executable).with_name(name))


def is_taken(port: int) -> bool:
    """Tell whether somebody listens at this port of this machine."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def read_place() -> Place:
    """Read the command line."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--port", type=int, default=8000, help="of Vestibule")
    reader.add_argument("--planner-port", type=int, default=8100)
    reader.add_argument("--data", type=Path, default=HERE / "data")
    given = reader.parse_args()
    return Place(given.data.resolve(), given.port, given.planner_port)


if __name__ == "__main__":
    sys.exit(main())
