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
        case $output in
        skipped*) printf '%-12s %s\n' "$name" "$output" ;;
        *) printf '%-12s ok\n' "$name" ;;
        esac
    else
        printf '%-12s FAILED\n%s\n\n' "$name" "$output"
        failed="$failed $name"
    fi
}

# No templates, no faults: djlint takes an empty list for a mistake.
templates() {
    djlint --lint --quiet --allow-empty-input src examples
}

words() {
    for name in src tests tools examples docs .ci ./*.md Makefile pyproject.toml; do
        if [ -e "$name" ]; then
            set -- "$@" "$name"
        fi
    done
    codespell "$@"
}

code="src tests tools examples"
[ -d benchmarks ] && code="$code benchmarks"
check format ruff format --check --quiet $code
check lints ruff check --quiet $code
check types mypy
check imports lint-imports --no-logo
check house python -m tools.lints
check templates templates
check words words
check advisories python -m tools.advisories
[ -d tests/docs ] && check docs python -m pytest --quiet tests/docs

if [ -n "$failed" ]; then
    echo "To be put right:$failed"
    exit 1
fi
echo "All checks passed."
