#!/bin/sh
#
# Variables of the environment make the libraries print messages or write keys to
# a file, some of them when they are loaded, before main. None has an effect here.
#
#	SMTPOST=./smtpost tests/cli/library_debug.sh
#
# Prints TAP.

# shellcheck source=tests/cli/begin.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/cli/begin.sh"

number=0
# quiet VARIABLE=VALUE: a run with TLS, at a port where nothing listens, must not
# print or write anything else because of the variable.
quiet()
{
	number=$((number + 1))
	# shellcheck disable=SC2154 # set in begin.sh
	echo hello | env "$1" "$smtpost" --report none --set domain=x.example \
		--server smtps://127.0.0.1:1 you@example.com >out 2>err
	grep -v '^smtpost: ' err >>out
	if [ -s out ] || [ -e keys ]; then
		echo "not ok $number - $1"
		sed 's/^/# /' out
	else
		echo "ok $number - $1"
	fi
}

quiet P11_KIT_DEBUG=all
quiet NETTLE_FAT_VERBOSE=1
quiet GNUTLS_DEBUG_LEVEL=9
quiet SSLKEYLOGFILE=keys
echo "1..$number"
