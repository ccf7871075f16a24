#!/bin/sh
#
# Arguments that an attacker chose, as PHP's mail() and similar functions pass
# them to sendmail. Each command line goes to sh as a web program would do it, and
# must not read or write a file, run a command, or connect to another server than
# the configured one (and to that only if it still sends a message). strace
# watches this if it works, else the files and two listeners do.
#
#	SMTPOST=./smtpost tests/cli/injection.sh
#
# Prints TAP.

# shellcheck source=tests/cli/begin.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/cli/begin.sh"
server=
finish()
{
	[ -z "$server" ] || kill "$server" 2>/dev/null
	rm -rf "$dir"
}
trap finish EXIT
mkdir bin home evil
ln -s "$smtpost" bin/sendmail
HOME=$dir/home
export HOME
# The leak checker does not work under strace.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS

# The configured server accepts everything. Nothing may connect to the other one.
cat >server.py <<'END'
import socketserver, sys, threading

class Good(socketserver.StreamRequestHandler):
    def handle(self):
        open("good", "a").write("x\n")
        say = lambda line: self.wfile.write(line.encode() + b"\r\n")
        say("220 mx.example")
        data = False
        for line in self.rfile:
            line = line.rstrip(b"\r\n")
            if data:
                if line == b".":
                    data = False
                    say("250 taken")
            elif line[:4].upper() == b"DATA":
                data = True
                say("354 go")
            elif line[:4].upper() == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

class Evil(socketserver.BaseRequestHandler):
    def handle(self):
        open("came", "a").write("x\n")

socketserver.ThreadingTCPServer.daemon_threads = True
servers = [socketserver.ThreadingTCPServer(("127.0.0.1", 0), kind)
           for kind in (Good, Evil)]
for server in servers:
    threading.Thread(target=server.serve_forever, daemon=True).start()
open("ports.new", "w").write("%d %d\n" % tuple(
    server.server_address[1] for server in servers))
import os
os.rename("ports.new", "ports")
threading.Event().wait(300)
END
"${PYTHON:-python3}" server.py &
server=$!
tries=0
while [ ! -s ports ] && [ $tries -lt 100 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
if [ ! -s ports ]; then
	echo "Bail out! no server"
	exit 99
fi
read -r good evil <ports
mkdir -p home/.config/smtpost
printf 'server = smtp://127.0.0.1:%s\ntls = none\nehlo-name = x.example\n' \
	"$good" >home/.config/smtpost/config
echo 'domain = example.com' >>home/.config/smtpost/config

trace=
if strace -f -qq -o probe true 2>/dev/null && grep -q execve probe; then
	trace="strace -f -qq -s 400 -e trace=%file,execve,connect -o $dir/calls"
fi

# Files that the attacker has put into a folder of theirs.
plant()
{
	rm -rf evil home/.config/evil good came calls
	mkdir evil
	printf 'server = smtp://127.0.0.1:%s\ntls = none\n' "$evil" >evil/cf
	printf 'password-command = touch %s/evil/ran\nuser = x\n' "$dir" \
		>>evil/cf
	printf 'From: a@example.com\n\nsecret\n' >evil/message
	echo 'eve@example.com' >evil/recipients
	find evil >evil.before
}

number=0
result()
{
	number=$((number + 1))
	echo "$1 $number - $2"
}

# Prints what must not have happened; nothing if all is well.
harm()
{
	find evil | diff evil.before - >/dev/null || echo "a file was made"
	[ ! -e came ] || echo "the stranger's server was connected"
	[ ! -e evil/ran ] || echo "a command was run"
	[ -n "$trace" ] || return
	# A call that names the attacker's folder, except the exec with the words
	grep -v '^[0-9]* *execve(' calls | grep -F "$dir/evil" |
		sed 's/^/looked at: /'
	grep 'execve(' calls | sed 1d | sed 's/^/run: /'
	# Other sockets than those of the name service
	grep 'connect(' calls | grep AF_INET |
		grep -v "sin_port=htons($good)" | sed 's/^/connected: /'
	# A file opened for writing, unless it has no name
	grep -E 'O_(WRONLY|RDWR|CREAT|TRUNC)' calls | grep -v '/dev/null' |
		grep -v O_TMPFILE | sed 's/^/written: /'
}

# try STATUS MAIL NAME WORDS: sendmail with these words, as sh reads them. MAIL
# says whether a message still goes to the configured server.
try()
{
	status=$1 mail=$2 name=$3
	plant
	printf 'To: victim@example.com\r\nSubject: x\n\nbody\n' |
		sh -c "$trace $dir/bin/sendmail $4" >out 2>err
	is=$?
	found=$(harm)
	[ ! -s out ] || found="$found
standard output: $(cat out)"
	[ $is -eq "$status" ] || found="$found
status $is, should be $status: $(cat err)"
	if [ "$mail" = mail ] && [ ! -e good ]; then
		found="$found
no mail was sent"
	elif [ "$mail" != mail ] && [ -e good ]; then
		found="$found
something was sent"
	fi
	if [ -z "$found" ]; then
		result ok "$name"
	else
		result 'not ok' "$name"
		printf '%s\n' "$found" | grep . | sed 's/^/# /'
	fi
}

e=$dir/evil

# The words have the form of published attacks, after escapeshellcmd() and
# escapeshellarg().
try 64 none "CVE-2016-10033: PHPMailer, Sendmail's -X" \
	"-t -i -f\"attacker\\\\\" -oQ$e/ -X$e/x.php  some\\\"@email.com"
try 64 none "CVE-2016-10033: PHPMailer in WordPress, Exim's -be" \
	"-t -i -fwordpress@target\\(any -froot@localhost -be \\\$\\{run\\{$e/x\\}\\} null\\)"
try 64 none "CVE-2016-10045: PHPMailer, past the first mending" \
	"-t -i '-f\\\"attacker\\\\\\\\'\\\\'' -oQ$e/ -X$e/x.php some\\\"@email.com\\'"
try 64 none "CVE-2016-10034: zend-mail" \
	"-t -i -f\"attacker\\\\\" -oQ$e/ -X$e/x.php \\\"@email.com"
try 64 none "CVE-2016-10074: SwiftMailer" \
	"-t -i -f\"attacker\\\\\" -oQ$e/ -X$e/x.php \\\"@email.com some"
try 0 mail "CVE-2016-9920: Roundcube" \
	"-t -i -fexample@example.com -OQueueDirectory=$e -X$e/x.php"
try 0 mail "CVE-2017-7692: SquirrelMail, an uploaded sendmail.cf" \
	"-i -t -fa@example.com	-OQueueDirectory=$e	-C$e/cf -oQ$e/q"
try 0 mail "CVE-2016-10131: CodeIgniter" \
	"-oi -fa@example.com -X$e/x.php -oQ$e -t"
try 64 none "CVE-2010-4345: Exim's -C and -D" \
	"-C$e/cf -DSPOOL=$e -q -t"
try 0 mail "CVE-2016-1531: Exim's -ps with a Perl of one's own" \
	"-ps -C $e/cf -t"
try 0 mail "CVE-2019-10149's kind: a command as recipient" \
	"-i -f a@example.com -- '\${run{$e/x}}@example.com' -X$e/x"

# Letters that name a file in other implementations of sendmail
for words in "-X $e/x" "-X$e/x" "-D $e/x" "-D$e/x" "-C $e/cf" "-C$e/cf" \
	"-oA$e/cf" "-oQ$e" "-oS$e/x" "-oP$e/x" "-oH$e/x" "-d0-99.127,$e/x" \
	"-OLogFile=$e/x" "-O AliasFile=$e/cf" "-O QueueDirectory=$e" \
	"-ODataFileBufferSize=0" "-OControlSocketName=$e/x" "-p $e/x" \
	"-L $e/x" "-A $e/cf" "-h $e/x" "-e$e/x" "-F $e/x" "-V $e/x" \
	"-N $e/x" "-R $e/x" "-B $e/x"; do
	try 0 mail "$(printf '%s' "$words" | sed "s,$e,/EVIL,")" "$words -i -t"
done

# Options that only smtpost has
for words in "--config=$e/cf" "--config $e/cf" "--set=server=smtp://127.0.0.1:$evil" \
	"--server=smtp://127.0.0.1:$evil" "--message=$e/message" \
	"--recipients=$e/recipients" \
	"'--set=password-command=touch $e/ran'" "--set tls-trust=$e/cf" \
	"--run -- touch $e/x" "--attach=$e/message" "--log-file=$e/x" \
	"--explain" "--dry-run" "--report=json"; do
	try 64 none "$(printf '%s' "$words" |
		sed "s,$e,/EVIL,; s,:$evil,:PORT,")" "-t $words"
done
try 64 none "behind a recipient" "-t a@example.com --config=$e/cf"
try 64 none "behind a recipient, a letter" "-t a@example.com -X$e/x"
try 78 none "-P with a path" "-t -P $e/cf"
try 78 none "-a with a path upwards" "-t -a ../../evil/cf"
try 65 none "a pipe as recipient" "-i '|touch $e/x'"
try 65 none "a file as recipient" "-i :include:$e/recipients"

if [ -n "$trace" ]; then
	result ok "seen by strace"
else
	result ok "seen by strace # SKIP strace is missing or may not trace"
fi
echo "1..$number"
