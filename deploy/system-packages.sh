#!/bin/sh
# PostgreSQL and Chromium for the tests, on Debian and Ubuntu. Quick where both are installed.
set -eu

missing=""
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="postgresql"
if [ -z "${CHROME_BIN:-}" ]; then
	found=""
	for name in chromium chromium-browser google-chrome google-chrome-stable; do
		if command -v "$name" >/dev/null; then found=1; fi
	done
	[ -n "$found" ] || missing="$missing chromium"
fi

if [ -z "$missing" ]; then
	echo "PostgreSQL and Chromium are installed."
	exit 0
fi
if ! command -v apt-get >/dev/null; then
	echo "Install these with the package manager of this system:$missing" >&2
	exit 1
fi

as_root=""
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "Only root can install packages: apt-get install $missing" >&2
		exit 1
	fi
	as_root="sudo"
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update --quiet --quiet
# shellcheck disable=SC2086 # the list is meant to be split into words
$as_root apt-get install --quiet --yes --no-install-recommends $missing
