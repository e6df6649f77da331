# Sourced by the scripts beside it: sets up .venv from requirements.lock, once for each state of the lock.
# Usage: prepare_environment EXTRAS   (EXTRAS like "all", or empty for the base install)

fail() {
    printf 'error: %s\n  mend:  %s\n' "$1" "$2" >&2
    exit 3
}

find_python() {
    for candidate in python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    fail "no Python 3.11 or newer was found" "apt install python3 python3-venv (as root)"
}

# uv: one on the PATH, or one from PyPI in a folder of its own, by whichever of pip and venv this Python has.
find_uv() {
    if command -v uv >/dev/null; then
        command -v uv
        return
    fi
    if [ ! -x .venv-uv/bin/uv ]; then
        rm -rf .venv-uv
        "$1" -m pip install --quiet --disable-pip-version-check --target .venv-uv uv >&2 2>/dev/null ||
            { "$1" -m venv .venv-uv >&2 && .venv-uv/bin/python -m pip install --quiet uv >&2; } ||
            fail "uv could not be installed" "apt install python3-venv (as root), or: pip install uv"
    fi
    printf '%s\n' "$PWD/.venv-uv/bin/uv"
}

prepare_environment() {
    extras=$1
    python=$(find_python) || exit $?
    stamp=".venv/installed${extras:+-$extras}"
    state=$("$python" -c 'import hashlib, sys
print(hashlib.sha256(b"".join(open(name, "rb").read() for name in sys.argv[1:])).hexdigest())' \
        pyproject.toml requirements.lock)
    for done in "$stamp" .venv/installed-all; do
        if [ -f "$done" ] && [ "$(cat "$done")" = "$state" ]; then
            return
        fi
    done
    uv=$(find_uv "$python") || exit $?
    printf 'setting up the environment (once) ...\n' >&2
    [ -x .venv/bin/python ] || "$uv" venv --quiet --python "$python" .venv
    "$uv" pip install --quiet --python .venv/bin/python --constraint requirements.lock \
        --editable ".${extras:+[$extras]}" || fail "the packages could not be installed" "check the network and try again"
    printf '%s\n' "$state" >"$stamp"
}
