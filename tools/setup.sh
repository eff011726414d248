#!/bin/sh
# Makes .venv and installs a lock file into it: `setup.sh run` or `setup.sh dev`.
# Says what it does on stderr only: the first line of `make run` belongs to the server.
set -eu
cd "$(dirname "$0")/.."
lock=$1
venv=.venv
log=$venv/setup.log

say() { printf '%s\n' "$*" >&2; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

has_pip() { "$1" -m pip --version >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if is_new_enough "$candidate"; then
            printf '%s' "$candidate"
            return
        fi
    done
    say "Vestibule needs Python 3.11 or newer and found none. Install one, or name it: make setup PYTHON=/path/to/python3"
    exit 1
}

# Debian ships Python without what `venv` needs.
install_venv_module() {
    package="python$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        say "This Python cannot make virtual environments. Install them first: sudo apt-get install $package"
        exit 1
    fi
    say "Installing $package…"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update && apt-get install -y --no-install-recommends "$package"; } >>"$log" 2>&1 || fail
}

fail() {
    cat "$log" >&2
    say "Setting up failed; the reason stands above. Nothing outside of $venv was changed but system packages."
    exit 1
}

make_venv() {
    python=$(find_python)
    mkdir -p "$venv"
    : >"$log"
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        install_venv_module "$python"
    fi
    say "Making $venv with $("$python" --version)…"
    "$python" -m venv "$venv" >>"$log" 2>&1 || fail
}

if ! is_new_enough "$venv/bin/python" || ! has_pip "$venv/bin/python"; then
    rm -rf "$venv"
    make_venv
fi

pip() {
    PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 \
        "$venv/bin/python" -m pip --quiet "$@" >>"$log" 2>&1 || fail
}

say "Installing requirements/$lock.txt… (log: $log)"
pip install --no-deps --require-hashes --only-binary :all: -r "requirements/$lock.txt"
if [ "$lock" = run ]; then
    pip install --no-deps --no-build-isolation --editable .
fi
touch "$venv/$lock.stamp"
