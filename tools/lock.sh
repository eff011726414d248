#!/bin/sh
# Makes the lock files again: the newest versions that pyproject.toml allows, with hashes and without
# addresses, good for every Python that we support.
set -eu
cd "$(dirname "$0")/.."
export UV_CUSTOM_COMPILE_COMMAND="make lock"

compile() {
    .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
        --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}

compile pyproject.toml --group build --output-file requirements/run.txt
compile pyproject.toml --group build --group dev --constraints requirements/run.txt \
    --output-file requirements/dev.txt
