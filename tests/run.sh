#!/usr/bin/env bash
# Install what the tests need, then lint, check types and run every test.
#
# Python packages go into the active virtual environment, or into .venv where none is active. The
# browser tests need a Chromium: $CHROMIUM, one on the path, or one that this script installs. More
# arguments go to pytest: `bash tests/run.sh -k metrics`.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${VIRTUAL_ENV:-}" ]; then
  [ -x .venv/bin/python ] || python3 -m venv .venv
  source .venv/bin/activate
fi
python -m pip install --quiet --disable-pip-version-check --requirement tests/requirements.txt

if [ -z "${CHROMIUM:-}" ] && ! command -v chromium chromium-browser google-chrome >/dev/null; then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update --quiet --quiet
    DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes chromium >/dev/null
  else
    python -m playwright install chromium
  fi
fi

# Gradio writes stubs beside modules that define a component; mypy would believe old ones.
find segdemo -name '*.pyi' -delete
ruff format --check .
ruff check .
mypy
export GRADIO_ANALYTICS_ENABLED=False HF_HUB_OFFLINE=1
python -m pytest "$@"
