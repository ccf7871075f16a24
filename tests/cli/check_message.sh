#!/bin/sh
#
# --check-message prints what would be changed in a message and what strict
# servers refuse in it, and nothing else. It needs neither sender nor recipients,
# and does not connect: nothing listens at port 1 of loopback.
#
#	SMTPOST=./smtpost tests/cli/check_message.sh
#
# Prints TAP.

# shellcheck source=tests/cli/begin.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/cli/begin.sh"

number=0
# says STATUS STDOUT STDERR NAME [OPTION...]: checks the file `message`. It must
# print all of STDOUT, where ; is the end of a line; stderr must have the words of
# STDERR, or be empty.
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

head='From: a@b\nDate: Mon, 5 Jan 2026 10:00:00 +0000\nMessage-ID: <a@b>\n'

# bytes FORMAT: makes a message of the octets that printf writes.
bytes()
{
	# shellcheck disable=SC2059 # it is a format
	printf "$1"
}

bytes "$head"'\nx\n' >message
says 0 '' '' 'a message that needs no change'
bytes "$head"'\nx\n' >message
says 0 '' '' 'a recipient is accepted' you@example.com
bytes "$head"'Subject: gr\303\274n\n\nx\n' >message
says 0 'repaired: field Subject: 8-bit text encoded;' '' 'header'
bytes "$head"'MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit\n\nein gr\303\274n\n' >message
says 0 'without 8BITMIME: repaired: the body: encoded as quoted-printable, since it has 8-bit octets;' \
		'' 'declared'
bytes "$head"'\nein gr\303\274n\n' >message
says 0 'field MIME-Version: added;repaired: the body: declared as charset utf-8;repaired: the body: declared as 8bit;without 8BITMIME: field MIME-Version: added;without 8BITMIME: repaired: the body: declared as charset utf-8;without 8BITMIME: repaired: the body: encoded as quoted-printable, since it has 8-bit octets;' \
		'' 'not declared'
bytes "${head}\n$x1000\n" >message
says 0 'field MIME-Version: added;repaired: the body: encoded as quoted-printable, since it has a line of more than 998 octets;' \
		'' 'long line'
bytes "$head"'DKIM-Signature: x\n\nein gr\303\274n\n' >message
says 0 'refused by strict servers: body: octets over 127, which no Content-Transfer-Encoding declares;refused by strict servers: body: octets over 127 without a charset;without 8BITMIME: refused: the message has 8-bit octets and the server does not offer 8BITMIME (it is signed);' \
		'' 'signed'
bytes "$head"'Subject: \000\n\nx\n' >message
says 65 '' 'its header has a NUL octet' 'NUL in the header'
bytes "$head"'\n\000\n' >message
says 65 '' 'a NUL octet, and repair is off or forbidden' \
		'NUL without repair' --set repair=no
bytes "${head}Message-ID: <$x1000@b>\n\nx\n" >message
says 65 '' 'cannot be folded' 'long line in the header'
bytes "${head}DKIM-Signature: x\n\n$x1000\n" >message
says 0 'lines over 998 octets are left unchanged: it is signed;' \
		'' 'long line, signed'
bytes "${head}\n$x1000\n" >message
says 0 'lines over 998 octets are left unchanged: repair = no;' \
		'' 'long line without repair' --set repair=no
bytes "${head}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n
--b\nContent-Type: multipart/signed; boundary=c\n
--c\n\n$x1000\n--c\nContent-Type: application/x\n\ns\n--c--\n--b--\n" >message
says 0 'lines over 998 octets are left unchanged: part 2 cannot be encoded: it is signed;' \
		'' 'long line, in a signed part'
bytes "$head"'Cc: a b\n\nx\n' >message
says 0 "field Cc: left unchanged: cannot read the address 'a b': a comma is missing, or <...> around the address after a name, at the end;" \
		'' 'a field that cannot be read'
bytes '\357\273\277'"$head"'Bcc: c@d\n\nx\n' >message
says 0 'field Bcc: dropped;repaired: byte order mark before the header: dropped;' \
		'' 'byte order mark'

# Fields that are missing or doubled
bytes 'Subject: x\n\nx\n' >message
says 0 'field From: added;field Date: added;field Message-ID: added;' \
		'' 'missing fields'
says 0 'refused by strict servers: field From: is missing;refused by strict servers: field Date: is missing;refused by strict servers: field Message-ID: is missing;' \
		'' 'missing fields that nobody adds' --set header-policy=keep
bytes "$head"'Subject: x\nSubject: y\nTo: a@b\nTo: c@d\n\nx\n' >message
says 0 'refused by strict servers: field To: occurs more than once;refused by strict servers: field Subject: occurs more than once;' \
		'' 'single fields twice'
bytes 'From: a@b\nDate: yesterday\nMessage-ID: x\n\nx\n' >message
says 0 'refused by strict servers: field Date: its value cannot be read;refused by strict servers: field Message-ID: its value cannot be read;' \
		'' 'values that cannot be read'
bytes "$head"'To: c d\nCc: root\n\nx\n' >message
says 0 "refused by strict servers: field To: cannot read the address 'c d': a comma is missing, or <...> around the address after a name, at the end;refused by strict servers: field Cc: an address without a domain;" \
		'' 'addresses, header-policy = keep' --set header-policy=keep
says 0 "field Cc: changed by header-policy;field To: left unchanged: cannot read the address 'c d': a comma is missing, or <...> around the address after a name, at the end;" \
		'' 'addresses' --set domain=example.com

# Repairs while the message is read
bytes "$head"'Subject: x\rBcc: y\r\r\n\r\r\nx\ry\r\r\nz\n' >message
says 0 'repaired: field Subject: lone CR replaced by a blank;repaired: header: CR CR LF at the end of lines replaced by CRLF;repaired: body: lone CR replaced by a line end;repaired: body: CR CR LF at the end of lines replaced by CRLF;' \
		'' 'CR alone, and CR CR LF'
bytes '>From x\n'"$head"'Return-Path: <x@y>\nTo : \nCc: c@d\n\nx\n' >message
says 0 'repaired: mbox line before the header: dropped;repaired: field To: blank before its colon dropped;repaired: field Return-Path: dropped, since the last server adds it;repaired: field To: dropped, since it is empty;' \
		'' 'mbox line, Return-Path, empty field'
bytes "$head"'hello you\n' >message
says 0 'repaired: header: empty line added at its end;' '' 'no empty line'
bytes 'ERROR: disk full\n' >message
says 0 'field From: added;field Date: added;field Message-ID: added;repaired: no header: no field has a known name and a value that fits it, so all of it is text;refused by strict servers: no header: the whole message is body;' \
		'' 'text that looks like a header'
bytes 'hello you\n' >message
says 0 'field From: added;field Date: added;field Message-ID: added;refused by strict servers: no header: the whole message is body;' \
		'' 'no header'
bytes 'Bcc: a b c\n\nx\n' >message
says 65 '' 'it names Bcc, but no field' 'text that may be a header'
bytes "$head"'\nx\n' >message
says 65 '' 'it has no recipient in To, Cc or Bcc' '-t without recipients in the header' -t

# The content
bytes "$head"'Content-Type: text/plain; name="gr\303\274n"\nMIME-Version: 1.0\n\nx\n' >message
says 0 'repaired: field Content-Type: 8-bit text encoded;' \
		'' 'Content-Type of the message itself'
bytes "$head"'Content-Type: text/plain; charset=utf-8; name="gr\303\274n"\n\n\303\274\n' >message
says 0 'field MIME-Version: added;repaired: the body: declared as 8bit;repaired: field Content-Type: 8-bit text encoded;without 8BITMIME: field MIME-Version: added;without 8BITMIME: repaired: the body: encoded as quoted-printable, since it has 8-bit octets;without 8BITMIME: repaired: field Content-Type: 8-bit text encoded;' \
		'' 'both of them'
bytes "$head"'\ngr\374n\n' >message
says 0 'refused by strict servers: body: octets over 127, which no Content-Transfer-Encoding declares;refused by strict servers: body: octets over 127 without a charset;without 8BITMIME: field MIME-Version: added;without 8BITMIME: repaired: the body: declared as charset unknown-8bit;without 8BITMIME: repaired: the body: encoded as quoted-printable, since it has 8-bit octets;' \
		'' 'text that is not UTF-8'
bytes "$head"'To: j\303\266rg@b\nSubject: gr\303\274n\n\nx\n' >message
says 0 'refused by strict servers: header: octets over 127 that are not encoded;without 8BITMIME: refused: the message has 8-bit octets and the server does not offer 8BITMIME (a field of its header cannot be encoded);without SMTPUTF8: refused: the header holds an address beyond ASCII;' \
		'' 'an address that needs SMTPUTF8'

# The diff
bytes "$head"'\nx\n' >message
says 0 '' '' 'no difference' --diff
bytes "$head"'Bcc: c@d\nSubject : x\n\nx\r\r\ny\rz\n' >message
says 0 '--- message;+++ message as it is sent;@@ -4,2 +4 @@;-Bcc: c@d;-Subject : x;+Subject: x;@@ -7,2 +6,2 @@;-x\x0d;-y\x0d;+x;+y;' \
		'' 'difference' --diff
bytes "$head"'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n
--b\nContent-Type: text/plain\n\nx\ny\000\nz\n--b\n\nx\n--b--\n' >message
says 0 '--- message;+++ message as it is sent;@@ -8 +8,2 @@;-Content-Type: text/plain;+Content-Type: text/plain;+Content-Transfer-Encoding: quoted-printable;@@ -10,3 +11,3 @@;-x;-y\x00;-z;+x;+y=00;+z;' \
		'' 'difference in a part' --diff
bytes "$head"'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n
--b\nContent-Type: image/x\n\ny\000\n\n--b\n\nx\n--b--\n' >message
says 0 '--- message;+++ message as it is sent;@@ -8 +8,2 @@;-Content-Type: image/x;+Content-Type: image/x;+Content-Transfer-Encoding: base64;@@ -10,2 +11 @@;-y\x00;-;+eQAK;' \
		'' 'difference in a part that becomes base64' --diff
: >message
says 66 '' 'cannot send the message: it is empty' 'no message'

echo "1..$number"
