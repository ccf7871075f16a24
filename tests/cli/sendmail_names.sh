#!/bin/sh
#
# The program by the names of sendmail, as far as no server is needed: what each
# name and mode prints, what is refused, and that a caller that writes to a pipe
# survives. The dialogues sendmail-*, dsn-* and verify-* test the rest.
#
#	SMTPOST=./smtpost tests/cli/sendmail_names.sh
#
# Prints TAP.

# A queue that root has on this machine is hidden, so that no mail of it is
# listed or sent.
if [ "$(id -u)" -eq 0 ] && [ -e /var/spool/smtpost/root ]; then
	if ! unshare -m true 2>/dev/null; then
		echo "1..0 # SKIP root has a queue here, and it cannot be hidden"
		exit 0
	fi
	# shellcheck disable=SC2016 # the inner shell expands it
	exec unshare -m sh -c 'mount -t tmpfs none /var/spool && exec sh "$0"' \
		"$0"
fi

# shellcheck source=tests/cli/begin.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/cli/begin.sh"
mkdir bin home
for name in sendmail mailq newaliases; do
	ln -s "$smtpost" "bin/$name"
done
ln -s "$smtpost" bin/-sendmail
ln -s "$smtpost" bin/smtpost
HOME=$dir/home
export HOME
mkdir -p home/.config/smtpost
# Nothing listens at port 1 of loopback.
printf 'server = smtp://127.0.0.1:1\ntls = none\ndomain = example.com\nqueue = never\n' \
	>home/.config/smtpost/config

number=0
result()
{
	number=$((number + 1))
	echo "$1 $number - $2"
}

# ends STATUS STDOUT STDERR COMMAND...: it must end with the status and print all
# of STDOUT; stderr must have a line with the words of STDERR, or be empty.
ends()
{
	status=$1 said=$2 complained=$3
	shift 3
	name=$(printf ' %s' "$@" | tr '\n' ' ')
	"$@" >out 2>err </dev/null
	is=$?
	printf '%s' "$said" >should
	if [ $is -ne "$status" ]; then
		result 'not ok' "${name# }: status $is, should be $status"
		sed 's/^/# /' out err
	elif ! cmp -s should out; then
		result 'not ok' "${name# }: standard output"
		sed 's/^/# /' out
	elif [ -z "$complained" ] && [ -s err ]; then
		result 'not ok' "${name# }: standard error"
		sed 's/^/# /' err
	elif ! grep -qF -e "$complained" err && [ -n "$complained" ]; then
		result 'not ok' "${name# }: standard error"
		sed 's/^/# /' err
	else
		result ok "${name# }"
	fi
}

empty='Mail queue is empty
'

# The queue, the aliases
ends 0 "$empty" '' bin/mailq
ends 0 "$empty" '' bin/mailq -v -Ac
ends 0 "$empty" '' bin/mailq -oem
ends 64 '' 'cannot use the operand "alice" with mailq' bin/mailq -v alice
ends 0 "$empty" '' bin/mailq -q
ends 0 "$empty" '' bin/sendmail -bp
ends 0 "$empty" '' bin/sendmail -bp -qRexample.org -oem -n
ends 0 "$empty" '' "$smtpost" -bp
ends 0 '' '' bin/newaliases
ends 0 '' '' bin/newaliases -v -oem
ends 64 '' 'cannot use the operand "/etc/aliases" with newaliases' \
	bin/newaliases -v /etc/aliases
ends 0 '' '' bin/sendmail -bi
ends 0 '' '' bin/sendmail -I
ends 0 '' '' "$smtpost" -bi
ends 0 '' '' bin/sendmail -bh
ends 0 '' '' bin/sendmail -bH
ends 0 '' '' bin/sendmail -bP
for option in -q -qf -q15m -qIx -qRexample.org -qSx -qGx -qp30m; do
	ends 0 '' '' bin/sendmail $option
done
ends 0 '' '' bin/sendmail -q -odb -v
ends 0 '' '' "$smtpost" -q
ends 64 '' 'cannot use the operand "alice" with -q' bin/sendmail -q alice
ends 64 '' 'cannot use -t with -q' bin/sendmail -qf -t
# -odq is not -q: it sends a message.
ends 66 '' 'empty' bin/sendmail -odq alice@example.com

# What is refused
ends 64 '' 'cannot use -bd: smtpost is not a daemon' bin/sendmail -bd -q15m
ends 64 '' 'cannot use -bD' bin/sendmail -bD
ends 64 '' 'cannot use -bl' bin/sendmail -bl
ends 64 '' 'cannot use -bt' bin/sendmail -bt
ends 64 '' 'cannot use -bS' bin/sendmail -bS
for mode in w F f e V; do
	ends 64 '' "cannot use -b$mode: smtpost has no such mode" \
		bin/sendmail -b$mode
done
ends 66 '' 'empty' bin/sendmail -ba alice@example.com
ends 64 '' 'a blank inside one option' bin/sendmail '-oi -f x' alice
ends 64 '' 'a blank inside one option' bin/sendmail '-odb -f x' alice
ends 64 '' 'a blank inside one option' bin/sendmail '-ti -f x'
ends 64 '' 'a blank inside one option' bin/sendmail '-X/tmp/x -f x' -t
ends 66 '' 'empty' bin/sendmail '-FWeb Server' -t
# PHP's mail() appends its fifth argument to -t -i.
for option in -bp -bi -q --help --version; do
	ends 64 '' "cannot use -t with $option" bin/sendmail -t -i $option
	ends 64 '' "cannot use -i with $option" bin/sendmail -i $option
done
ends 64 '' 'cannot use -t with -bs' bin/sendmail -t -i -bs
ends 64 '' 'cannot use -Z: sendmail has no such option' bin/sendmail -Z alice
ends 64 '' 'cannot use -M: sendmail has no such option' bin/sendmail -Mrm 1xyz
ends 64 '' 'cannot use -s: sendmail has no such option' bin/sendmail -s subject alice
ends 64 '' 'cannot use -[: sendmail has no such option' bin/sendmail '-[i'
ends 64 '' 'cannot use -f: its value is missing' bin/sendmail -tif
ends 64 '' 'no recipient is named' bin/sendmail
ends 64 '' 'no recipient is named' bin/sendmail -i --
ends 64 '' 'put options before' bin/sendmail alice -t
ends 64 '' 'put options before' bin/sendmail -i alice bob -fx
ends 64 '' 'neither an option nor a recipient' bin/sendmail -
for option in --config=x '--config x' --set=tls=none --server=smtp://x \
	--message=x --recipients=x --explain --dry-run --report=text \
	--from=x --dsn-notify=never --profile=x; do
	# shellcheck disable=SC2086 # two words
	ends 64 '' "cannot use ${option%%[= ]*}: sendmail has no such option" bin/sendmail $option alice
done
ends 64 '' 'cannot use --explain: mailq has no such option' bin/mailq --explain
ends 64 '' 'cannot use --config: newaliases has no such option' bin/newaliases --config=x
ends 64 '' 'neither never' "$smtpost" --dsn-notify=later alice
ends 64 '' 'neither full nor hdrs' "$smtpost" -R later alice
ends 64 '' 'not 1 to 100' "$smtpost" --envelope-id= alice
ends 64 '' 'queue must be never, ' "$smtpost" --set queue=later \
	--explain

# Any other name is smtpost.
ends 64 '' 'put options before' bin/-sendmail a --set x

# By both names
bin/sendmail --help >out 2>err
if grep -q '^usage: sendmail' out && ! grep -q -e --set out && [ ! -s err ]
then
	result ok "sendmail --help"
else
	result 'not ok' "sendmail --help"
fi
bin/mailq --version >out
"$smtpost" --version >should
if cmp -s out should; then
	result ok "mailq --version"
else
	result 'not ok' "mailq --version"
fi

# After a wrong call as sendmail the input is read, so that SIGPIPE does not end
# the caller. The modes of the queue read no input.
message()
{
	head -c 300000 /dev/zero | tr '\0' x || echo broken >pipe
}
for option in -Z --config=x -bd '-N'; do
	rm -f pipe
	message | bin/sendmail $option 2>/dev/null
	if [ $? -eq 64 ] && [ ! -e pipe ]; then
		result ok "the input of sendmail $option is drained"
	else
		result 'not ok' "the input of sendmail $option is drained"
	fi
done
for command in 'sendmail -q' 'sendmail -bp' 'sendmail -bi' mailq newaliases \
	'sendmail --version' 'sendmail --help' 'smtpost --version' \
	'smtpost --help' 'smtpost --explain' 'smtpost -bp' 'smtpost -q' \
	'smtpost --dry-run --message message a@b'; do
	printf 'a\nb\n' >input
	printf 'From: a@b\n\nx\n' >message
	{
		# shellcheck disable=SC2086 # words
		bin/$command >/dev/null || echo "status $?"
		cat
	} <input >rest
	if cmp -s input rest; then
		result ok "$command leaves its input alone"
	else
		result 'not ok' "$command leaves its input alone"
	fi
done

# A failure prints one line a recipient, on stderr only.
printf 'Subject: x\n\nx\n' | bin/sendmail -i alice bob@example.org >out 2>err
is=$?
if [ $is -eq 75 ] && [ ! -s out ] && [ "$(wc -l <err)" -eq 2 ] &&
	grep -q '^smtpost: alice@example.com: deferred: ' err &&
	grep -q '^smtpost: bob@example.org: deferred: ' err; then
	result ok "a line for each recipient"
else
	result 'not ok' "a line for each recipient, and 75 ($is)"
	sed 's/^/# /' out err
fi
printf 'Subject: x\n\nx\n' | bin/sendmail -bv alice >out 2>err
is=$?
if [ $is -eq 75 ] && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ]; then
	result ok "-bv likewise"
else
	result 'not ok' "-bv likewise ($is)"
	sed 's/^/# /' out err
fi
echo "1..$number"
