#!/bin/sh
# Runs every check, also after one has failed, so that one run shows all that is to be done.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
failed=""

check() {
    name=$1
    shift
    if output=$("$@" 2>&1); then
        printf '%-12s ok\n' "$name"
    else
        printf '%-12s FAILED\n%s\n\n' "$name" "$output"
        failed="$failed $name"
    fi
}

# No templates, no faults: djlint takes an empty list for a mistake.
templates() {
    djlint --lint --quiet --allow-empty-input src
}

# A vulnerability fails the check; a network that is not there does not.
advisories() {
    report=.venv/audit.json
    rm -f "$report"
    if pip-audit --requirement requirements/dev.txt --require-hashes --disable-pip \
        --progress-spinner off --timeout 5 --format json --output "$report" 2>.venv/audit.log; then
        return 0
    fi
    if [ -s "$report" ]; then
        cat .venv/audit.log "$report"
        return 1
    fi
    printf '%-12s skipped: no advisories within reach\n' advisories >&3
}

words() {
    for name in src tests tools docs .ci ./*.md Makefile pyproject.toml; do
        if [ -e "$name" ]; then
            set -- "$@" "$name"
        fi
    done
    codespell "$@"
}

exec 3>&2
code="src tests tools"
[ -d benchmarks ] && code="$code benchmarks"
check format ruff format --check --quiet $code
check lints ruff check --quiet $code
check types mypy
check imports lint-imports
check house python -m tools.lints
check templates templates
check words words
check advisories advisories
[ -d tests/docs ] && check docs python -m pytest --quiet tests/docs

if [ -n "$failed" ]; then
    echo "To be put right:$failed"
    exit 1
fi
echo "All checks passed."
