#!/usr/bin/env bash
# Installs the Debian packages that the tests and the fallback runtime need; does nothing when all are there.
set -euo pipefail

packages=(
  chromium                                # the browser project of the end-to-end tests
  xvfb xauth                              # a display for machines without one
  libgtk-3-0 libnss3 libgbm1 libasound2   # what Electron links
  unzip python3 make g++                  # the carried Electron runtime and its build of better-sqlite3
  strace                                  # the fault tests make system calls fail with it
)

# Newer releases add t64 to the names of libraries whose time became 64 bits wide.
is_installed() {
  local name
  for name in "$1" "${1}t64"; do
    if [[ $(dpkg-query -W -f='${Status}' "$name" 2>/dev/null) == 'install ok installed' ]]; then return 0; fi
  done
  return 1
}

missing=()
for package in "${packages[@]}"; do
  is_installed "$package" || missing+=("$package")
done
if ((${#missing[@]} == 0)); then exit 0; fi

if ((EUID != 0)); then
  echo "These Debian packages are missing and only root can install them: ${missing[*]}. Run: sudo build/setup-debian.sh" >&2
  exit 1
fi

echo "Installing Debian packages: ${missing[*]} …" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A list that cannot be refreshed is no reason to stop: the packages may be known already.
if ! { apt-get update; apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "The packages could not be installed: ${missing[*]}." >&2
  exit 1
fi
