#!/bin/sh
#
# --check-message: what would be done to a message, and nothing else. No
# recipients are needed, and nobody is connected: port 1 of loopback would
# answer with an error.
#
#	SMTPOST=./smtpost tests/cli/check_message.sh
#
# Prints TAP.

# shellcheck source=tests/cli/begin.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/cli/begin.sh"

number=0
# says STATUS STDOUT STDERR NAME [OPTION...]: of the file message; stdout whole;
# on stderr these words, or nothing at all. STDOUT has ; for the ends of lines.
says()
{
	status=$1 said=$2 complained=$3 name=$4
	shift 4
	number=$((number + 1))
	"$smtpost" --server smtp://127.0.0.1:1 --set tls=none \
		-f me@example.com --check-message "$@" <message >out 2>err
	is=$?
	printf '%s' "$said" | tr ';' '\n' >should
	if [ $is -ne "$status" ]; then
		mark="not ok" why="status $is, should be $status"
	elif ! cmp -s should out; then
		mark="not ok" why="standard output"
	elif [ -z "$complained" ] && [ -s err ]; then
		mark="not ok" why="standard error"
	elif ! grep -qF -e "$complained" err && [ -n "$complained" ]; then
		mark="not ok" why="standard error"
	else
		mark=ok why=
	fi
	echo "$mark $number - $name${why:+: $why}"
	if [ "$mark" != ok ]; then
		sed 's/^/# /' out err
	fi
}

x10=xxxxxxxxxx
x100=$x10$x10$x10$x10$x10$x10$x10$x10$x10$x10
x1000=$x100$x100$x100$x100$x100$x100$x100$x100$x100$x100

# bytes FORMAT: a message from octets as printf writes them.
bytes()
{
	# shellcheck disable=SC2059 # it is a format
	printf "$1"
}

bytes 'From: a@b\n\nx\n' >message
says 0 '' '' 'nothing is to be done'
bytes 'From: a@b\n\nx\n' >message
says 0 '' '' 'a recipient is no mistake' you@example.com
bytes 'From: a@b\nSubject: gr\303\274n\n\nx\n' >message
says 0 'repaired: field Subject: 8-bit text encoded;' '' 'header'
bytes 'From: a@b\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit\n\nein gr\303\274n\n' >message
says 0 'without 8BITMIME: repaired: the body: encoded as quoted-printable, since the server takes no 8-bit octets;' \
		'' 'declared'
bytes 'From: a@b\n\nein gr\303\274n\n' >message
says 0 'repaired: the body: declared as charset utf-8;repaired: the body: declared as 8bit;without 8BITMIME: repaired: the body: declared as charset utf-8;without 8BITMIME: repaired: the body: encoded as quoted-printable, since the server takes no 8-bit octets;' \
		'' 'not declared'
bytes "From: a@b\n\n$x1000\n" >message
says 0 'repaired: the body: encoded as quoted-printable, since it holds a line of more than 998 octets;' \
		'' 'long line'
bytes 'From: a@b\nDKIM-Signature: x\n\nein gr\303\274n\n' >message
says 0 'without 8BITMIME: refused: the message holds 8-bit octets and the server does not offer 8BITMIME (it is signed);' \
		'' 'signed'
bytes 'From: a@b\nSubject: \000\n\nx\n' >message
says 65 '' 'a NUL octet in its header' 'NUL in the header'
bytes 'From: a@b\n\n\000\n' >message
says 65 '' 'a NUL octet, and is not to be repaired' \
		'NUL without repair' --set repair=no
bytes "From: a@b\nMessage-ID: <$x1000@b>\n\nx\n" >message
says 65 '' 'cannot be folded' 'long line in the header'
bytes "From: a@b\nDKIM-Signature: x\n\n$x1000\n" >message
says 0 'lines over 998 octets are left as they are: it is signed;' \
		'' 'long line, signed'
bytes "From: a@b\n\n$x1000\n" >message
says 0 'lines over 998 octets are left as they are: repair = no;' \
		'' 'long line without repair' --set repair=no
bytes "From: a@b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n
--b\nContent-Type: multipart/signed; boundary=c\n
--c\n\n$x1000\n--c\nContent-Type: application/x\n\ns\n--c--\n--b--\n" >message
says 0 'lines over 998 octets are left as they are: part 2 cannot be encoded: it is signed;' \
		'' 'long line, in a signed part'
bytes 'From: a@b\nCc: a b\n\nx\n' >message
says 0 "field Cc: left as it came: cannot read the address 'a b': a comma is missing, or <...> around the address behind a name, at the end;" \
		'' 'a field that cannot be read'
bytes '\357\273\277From: a@b\nBcc: c@d\n\nx\n' >message
says 0 'repaired: byte order mark before the header: dropped;' \
		'' 'byte order mark'
: >message
says 66 '' 'the message is empty' 'no message'

echo "1..$number"
