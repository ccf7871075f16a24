# shellcheck shell=sh disable=SC2034 # other scripts use the variables
# The scripts in this folder begin with it:
#
#	. "${srcdir:-$(dirname "$0")/../..}/tests/cli/begin.sh"
#
# $smtpost is the program, $root the source tree, and $dir the current folder,
# which is empty and is removed at the end.

set -u
LC_ALL=C
export LC_ALL
unset SMTPOST_PROFILE XDG_CONFIG_HOME SSLKEYLOGFILE BASH_ENV ENV ZDOTDIR \
	SSL_CERT_FILE SSL_CERT_DIR

root=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd) || exit 99
smtpost=${SMTPOST:-./smtpost}
smtpost=$(cd "$(dirname "$smtpost")" && pwd)/$(basename "$smtpost")
if [ ! -x "$smtpost" ]; then
	echo "Bail out! there is no program at $smtpost"
	exit 99
fi
dir=$(mktemp -d "${TMPDIR:-/tmp}/smtpost-$(basename "$0" .sh).XXXXXX") ||
	exit 99
trap 'rm -rf "$dir"' EXIT
trap 'exit 99' HUP INT TERM
cd "$dir" || exit 99
