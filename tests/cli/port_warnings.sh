#!/bin/sh
#
# smtpost warns at once of a port that is meant for the other scheme. As sendmail
# it does so only with -v, because callers take any output for a failure. Nothing
# listens at these ports of loopback.
#
#	SMTPOST=./smtpost tests/cli/port_warnings.sh
#
# Prints TAP.

# shellcheck source=tests/cli/begin.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/cli/begin.sh"
ln -s "$smtpost" sendmail
HOME=$dir
export HOME
mkdir -p .config/smtpost
cat >.config/smtpost/config <<'END'
[default]
server = smtp://127.0.0.1:465
tls = required
queue = never
END

number=0
# says PATTERN COMMAND...: the first line of standard error must match, apart from
# the lines of -v on the profile and its files.
says()
{
	pattern=$1
	shift
	number=$((number + 1))
	echo hello | "$@" >/dev/null 2>err
	if grep -v '^\*  .*\(profile\|configuration\)' err | sed 1q | grep -q -e "$pattern"; then
		echo "ok $number - $*"
	else
		echo "not ok $number - $*"
		sed 's/^/# /' err
	fi
}

to='-f me@example.com you@example.com'
warning='^smtpost: warning: '
# shellcheck disable=SC2086 # words
{
	says "${warning}smtp://127.0.0.1:465: port 465 is usually for TLS from \
the start: write smtps://127.0.0.1:465\$" \
		"$smtpost" --server smtp://127.0.0.1:465 $to
	says "${warning}smtps://127.0.0.1:587: port 587 is usually for \
STARTTLS: write smtp://127.0.0.1:587\$" \
		"$smtpost" --server smtps://127.0.0.1:587 $to
	says "${warning}smtps://\\[::1\\]:587: .*: write smtp://\\[::1\\]:587\$" \
		"$smtpost" --server 'smtps://[::1]:587' $to
	says "$warning" "$smtpost" --dry-run --server smtp://127.0.0.1:465 $to
	says '^\*  warning: smtp://127' "$smtpost" -v \
		--server smtp://127.0.0.1:465 $to
	says '^smtpost: you@example.com: deferred: ' ./sendmail $to
	says '^\*  warning: smtp://127' ./sendmail -v $to
	says '^smtpost: deferred at connect: ' "$smtpost" \
		--server smtps://127.0.0.1:465 $to
	says '^smtpost: deferred at connect: ' "$smtpost" \
		--server lmtp://127.0.0.1:465 $to
}
echo "1..$number"
