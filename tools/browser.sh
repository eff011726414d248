#!/bin/sh
# The tests drive the system's Chromium: install it where we may, say so where we may not.
set -eu

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
        exit 0
    fi
done

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "The tests need Chromium. Install it first: sudo apt-get install chromium" >&2
    exit 1
fi

echo "Installing Chromium…" >&2
export DEBIAN_FRONTEND=noninteractive
log=.venv/browser.log
if ! { apt-get update && apt-get install -y --no-install-recommends chromium; } >"$log" 2>&1; then
    cat "$log" >&2
    echo "Installing Chromium failed; the reason stands above." >&2
    exit 1
fi
