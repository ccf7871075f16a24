#!/bin/sh
#
# A run opens no file and no socket that it does not need: not for the locale,
# character sets, the user database, the log or the host name. strace lists what
# it opens, beginning with the first file that smtpost opens itself.
#
#	SMTPOST=./smtpost tests/cli/files_opened.sh
#
# Prints TAP.

# shellcheck source=tests/cli/begin.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/cli/begin.sh"
mkdir home certificates
: >certificates/none
if ! strace -f -qq -o probe true 2>/dev/null || ! grep -q execve probe; then
	echo '1..0 # SKIP strace is missing or may not trace'
	exit 0
fi

cat >message <<'END'
From: me@example.com
To: alice@example.com
Subject: x
Date: Mon, 01 Jan 2024 00:00:00 +0000
Message-ID: <1@example.com>

Hello.
END

# play NAME [N]: writes a play for the scripted server, for a content of N lines;
# stdin has its lines on TLS.
play()
{
	{
		echo 'run: smtpost'
		echo '--- connection'
		cat
		cat <<-'END'
		C~ MAIL FROM:.*
		S: 250 ok
		C~ RCPT TO:.*
		S: 250 ok
		C: DATA
		S: 354 go
		content~
		|*COUNT .*
		C: .
		S: 250 taken
		C: QUIT
		S: 221 bye
		--- result
		exit: 0
		END
	} | sed "s/COUNT/${2-7}/" >"$1"
}

number=0
# run NAME PLAY COMMAND...: the command must open the files and sockets that the
# file `expected` lists. @PORT@ in the command and in config.in becomes the port
# of the server.
run()
{
	name=$1
	play=$2
	shift 2
	number=$((number + 1))
	rm -f port calls
	"${PYTHON:-python3}" "$root/tests/scripted_server" --play "$play" \
		--port-file port --folder "$dir/certificates" 2>server.log &
	server=$!
	tries=0
	while [ ! -s port ] && [ $tries -lt 100 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	port=$(cat port)
	sed "s/@PORT@/$port/" config.in >config
	# shellcheck disable=SC2046 # no word has blanks
	env -i "HOME=$dir/home" PATH=/usr/bin:/bin LANG=de_DE.UTF-8 TZ=UTC \
		ASAN_OPTIONS=detect_leaks=0 \
		strace -f -qq -s 200 -o calls \
		-e trace=openat,open,socket,connect,clone,fork,vfork,execve \
		"$smtpost" $(echo "$@" | sed "s/@PORT@/$port/") \
		<message >out 2>err
	status=$?
	wait $server
	served=$?
	# Leaves out what the libraries, the sanitizers and GnuTLS open at their
	# start, and the execve of strace itself.
	sed -e 's/^[0-9]* *//' -e 1d calls | sed -n \
		-e '/ld\.so\|\.so[."]\|"\/proc\/\|"\/sys\//d' \
		-e '/"\/dev\/u\{0,1\}random"\|"\/etc\/\(gnutls\|crypto\)/d' \
		-e '/^---\|^+++/d' \
		-e 's/^openat([^,]*, "\([^"]*\)".*/open \1/p' \
		-e 's/^open("\([^"]*\)".*/open \1/p' \
		-e 's/^socket(\([A-Z0-9_]*\).*/socket \1/p' \
		-e 's/^connect(.*sin_addr=inet_addr("\([^"]*\)").*/connect \1/p' \
		-e 's/^connect(.*sun_path="\([^"]*\)".*/connect \1/p' \
		-e 's/^\(clone\|vfork\|fork\|execve\).*/start \1/p' >found
	grep -v '/home/' found | sed \
		's/^open \/.*\/smtpost\/config$/open (system) smtpost\/config/' \
		>is
	grep '/home/' found >>is
	if [ $status = 0 ] && [ $served = 0 ] && cmp -s expected is; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		echo "# status $status, server's $served"
		diff expected is | sed 's/^/# /'
		sed 's/^/# /' err server.log
	fi
}

echo 1..7

play plain <<'END'
S: 220 mx.example
C~ EHLO .*
S: 250 mx.example
END

printf 'server = smtp://127.0.0.1:@PORT@\ntls = none\ndomain = example.com\n' \
	>config.in
cat >expected <<END
open config
socket AF_INET
connect 127.0.0.1
END
run 'in clear' plain --config config alice@example.com

play composed 16 <<'END'
S: 220 mx.example
C~ EHLO .*
S: 250 mx.example
END
run 'a composed message without files' composed --config config -s x \
	--header From:me@example.com --header Date:x alice@example.com

printf 'server = smtp://127.0.0.1:@PORT@\ntls = none\n' >config.in
cat >expected <<END
open config
open /etc/mailname
socket AF_INET
connect 127.0.0.1
END
run 'the name of the mail system' plain --config config alice@example.com

: >config.in
cat >expected <<END
open /etc/mailname
socket AF_INET
connect 127.0.0.1
END
run 'without a configuration' plain --server smtp://127.0.0.1:@PORT@ \
	--set tls=none alice@example.com

cat >expected <<END
open (system) smtpost/config
socket AF_INET
connect 127.0.0.1
open $dir/home/.config/smtpost/config
END
mkdir -p home/.config/smtpost
printf 'domain = example.com\nserver = smtp://127.0.0.1:1\ntls = none\n' \
	>home/.config/smtpost/config
run 'the configuration of the user' plain -P default --set \
	server=smtp://127.0.0.1:@PORT@ alice@example.com

cat >expected <<END
open config
socket AF_INET6
socket AF_INET
connect 127.0.0.1
END
printf 'server = smtp://localhost:@PORT@\ntls = none\ndomain = example.com\n' \
	>config.in
run 'localhost, which nobody is asked for' plain --config config \
	alice@example.com

if ! certtool --version >/dev/null 2>&1; then
	echo 'ok 7 - over TLS # SKIP certtool is missing'
	exit 0
fi
play tls <<'END'
# @CA@
tls
S: 220 mx.example
C~ EHLO .*
S: 250 mx.example
END
printf '%s\n' 'server = smtps://127.0.0.1:@PORT@' 'domain = example.com' \
	"tls-trust = $dir/certificates/ca.pem" >config.in
cat >expected <<END
open config
socket AF_INET
connect 127.0.0.1
open $dir/certificates/ca.pem
END
run 'over TLS' tls --config config alice@example.com
