#!/bin/sh
#
# make demo: submits a message to two recipients, over TLS with a login, to a
# server on this machine that runs for this one session and refuses one of them.
# Removes all its files. The status is 0 if everything happened as it should.

set -u

here=$(dirname "$0")
smtpost=${SMTPOST:-./smtpost}
python=${PYTHON:-python3}
unset SMTPOST SMTPOST_PROFILE

die()
{
	echo "demo: $*" >&2
	exit 1
}

for tool in "$python" certtool; do
	command -v "$tool" >/dev/null || die "$tool is missing" \
		"(Debian: python3 and gnutls-bin; ./bootstrap demo installs them)"
done
[ -x "$smtpost" ] || die "$smtpost is not built yet"

umask 077
dir=$(mktemp -d "${TMPDIR:-/tmp}/smtpost-demo.XXXXXX") || exit 1
server=
clean_up()
{
	[ -z "$server" ] || kill "$server" 2>/dev/null
	rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# wait_for FILE: waits until the server has written it.
wait_for()
{
	tries=0
	until [ -s "$1" ]; do
		tries=$((tries + 1))
		if [ "$tries" -gt 100 ] || ! kill -0 "$server" 2>/dev/null; then
			cat "$dir/server.log" >&2
			die "the server did not start"
		fi
		sleep 0.1 2>/dev/null || sleep 1
	done
}

"$python" "$here/scripted_server" --demo "$dir" >"$dir/server.log" 2>&1 &
server=$!
wait_for "$dir/port"

cat >"$dir/config" <<END
[demo]
server = smtp://127.0.0.1:$(cat "$dir/port")
tls-trust = $dir/ca.pem
user = demo
password-file = $dir/password
ehlo-name = client.example
END
echo 'open sesame' >"$dir/password"
cat >"$dir/message" <<'END'
From: Carol <carol@example.org>
To: alice@example.com, bob@example.com
Subject: The harvest

Dear both,

the apples are in. A line with only a dot does not end a message:
.
Yours, Carol
END

heading()
{
	printf '\n--- %s\n\n' "$*"
}

heading "The configuration: a server with STARTTLS, its certificate, a login"
cat "$dir/config"
heading "The message, from a file"
cat "$dir/message"
heading "The command"
echo "smtpost --config $dir/config -P demo -v \\"
echo "    --message $dir/message alice@example.com bob@example.com"

"$smtpost" --config "$dir/config" -P demo -v --message "$dir/message" \
	alice@example.com bob@example.com \
	>"$dir/report" 2>"$dir/dialogue" </dev/null
status=$?

heading "The dialogue (-v, on stderr): the password is never shown"
cat "$dir/dialogue"
heading "The report (stdout): a line for each recipient, one for the message"
cat "$dir/report"
heading "The exit status"
echo "$status"

# field LINE FIELD: prints one field of the report.
field()
{
	sed -n "$1p" "$dir/report" | cut -f "$2"
}

as_expected()
{
	[ "$status" -eq 79 ] &&
		[ "$(field 1 2,4,5)" = "$(printf \
			'250\talice@example.com\trelayed')" ] &&
		[ "$(field 2 2,4,5)" = "$(printf \
			'550\tbob@example.com\tfailed')" ] &&
		[ "$(field 3 1,2,5)" = "$(printf 'data\t250\trelayed')" ]
}

as_expected || die "this is not what should have happened"
cat <<'END'

79 means "partly": alice got the message (250, relayed), and bob was refused for
good (550, failed). A script must not send it to both again; cut -f 4,5 of the
report shows who got it. 0 would mean that all got it, 67 that the server knows
none of them, 75 that a later try may help.
END
