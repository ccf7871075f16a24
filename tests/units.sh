#!/bin/sh
#
# The files for systemd, AppArmor, cron and the network scripts: systemd finds no
# fault in the units, makes the user and the folders of the queue, and the scripts call
# what they should. Prints TAP.

set -u
root=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
units=$root/src/units
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

number=0
result()
{
	number=$((number + 1))
	echo "$1 $number - $2"
}

# same TEST: the files `is` and `should` are equal.
same()
{
	if cmp -s is should; then
		result ok "$1"
	else
		result 'not ok' "$1"
		diff should is | sed 's/^/# /'
	fi
}

# has TEST TOOL: whether the tool is there; without it the test is skipped.
has()
{
	command -v "$2" >/dev/null && return
	result ok "$1 # SKIP $2 is missing"
	false
}

# Copies the units, with paths that exist here.
mkdir system user bin
for unit in "$units"/*.socket "$units"/*.timer "$units"/*.path \
	"$units"/*.service.in; do
	sed -e "s,@bindir@,$dir/bin,g" -e 's,@sysconfdir@,/etc,g' "$unit" \
		>"system/$(basename "$unit" .in)"
done
for unit in "$units"/user/*; do
	sed -e "s,@bindir@,$dir/bin,g" "$unit" >"user/$(basename "$unit" .in)"
done
cat >bin/smtpost <<'END'
#!/bin/sh
echo "$*" >>"$CALLS"
END
cat >bin/runuser <<'END'
#!/bin/sh
shift 3
exec "$@"
END
ln -s smtpost bin/systemctl
ln -s smtpost bin/smtpost-oauth
chmod 755 bin/smtpost bin/runuser

# The manuals are not installed here, and another unit of the machine may be bad.
# verify TEST [--user] verify UNIT...
verify()
{
	name=$1
	shift
	systemd-analyze "$@" 2>&1 | grep -F -e smtpost -e "$dir" |
		grep -v -e 'man smtpost' -e "'man " >found
	if [ -s found ]; then
		result 'not ok' "$name"
		sed 's/^/# /' found
	else
		result ok "$name"
	fi
}
name="systemd finds no fault in the units"
if has "$name" systemd-analyze; then
	verify "$name" verify --man=no system/*
fi
name="systemd finds no fault in the units of users"
if has "$name" systemd-analyze; then
	# It makes a folder for the units that it finds.
	XDG_RUNTIME_DIR=$dir/runtime
	export XDG_RUNTIME_DIR
	mkdir -m 700 runtime
	verify "$name" --user verify --man=no user/*
fi

name="AppArmor can read the profile of the service"
if has "$name" apparmor_parser; then
	apparmor_parser -QKT "$root/install/apparmor.service" >is 2>&1
	echo "status $?" >>is
	echo "status 0" >should
	grep -v '^Cache read/write disabled' is >found
	mv found is
	same "$name"
fi
# Under another name, so that a profile of the machine stays as it is.
name="the service works in its AppArmor profile"
profile=smtpost-service-test-$$
if [ ! -d /sys/kernel/security/apparmor ]; then
	result ok "$name # SKIP the kernel has no AppArmor"
elif [ "$(id -u)" -ne 0 ]; then
	result ok "$name # SKIP only root can load a profile"
elif has "$name" apparmor_parser && has "$name" aa-exec; then
	smtpost=$(command -v "${SMTPOST:-$OLDPWD/smtpost}")
	sed -e "s,^profile smtpost-service,profile $profile," \
		-e "s,^  /usr/local/bin/smtpost,  $smtpost," \
		-e '/include if exists/d' "$root/install/apparmor.service" \
		>loaded
	printf '%s\n' 'server = smtp://127.0.0.1:1' 'tls = none' \
		'domain = example.com' "queue-dir = $dir/spool-$$" >service.conf
	printf '%s\r\n' 'EHLO x' 'MAIL FROM:<root@example.com>' \
		'RCPT TO:<a@example.org>' DATA 'Subject: x' '' x . QUIT >session
	apparmor_parser -aKT loaded 2>/dev/null
	aa-exec -p "$profile" -- "$smtpost" -bs --config "$dir/service.conf" \
		<session | cut -c 1-20 | grep '^250 2.0.0 queued' >is
	apparmor_parser -RKT loaded 2>/dev/null
	echo '250 2.0.0 queued as ' >should
	same "$name"
fi

# A unit with the password of the service is locked in as the service is.
hardening()
{
	sed -n '/^UMask=/,$p' "$1"
}
hardening system/smtpost@.service >should
hardening system/smtpost-service-queue.service >is
same "the run of the service's queue is hardened as the service"
hardening system/smtpost-service-oauth.service >is
same "so is the renewal of its login"
for unit in system/smtpost-service-oauth user/smtpost-oauth; do
	sed -n 's/^ExecStart=.*bin.//p' $unit.service
	grep -e Persistent -e Random -e OnCalendar $unit.timer
done >is
cat >should <<'END'
smtpost-oauth --config /etc/smtpost/service.conf refresh --all
OnCalendar=weekly
RandomizedDelaySec=1h
Persistent=yes
smtpost-oauth refresh --all
OnCalendar=weekly
RandomizedDelaySec=1h
Persistent=yes
END
same "logins are renewed once a week, also after a time without power"
for unit in smtpost@ smtpost-service-queue; do
	grep -e '^User=' -e 'Credential=' -e '^Environment=' \
		"system/$unit.service" | sort >"$unit"
done
mv smtpost@ should
mv smtpost-service-queue is
same "both have the same user, password and queue"

name="sysusers.d and tmpfiles.d make the user and the folders"
if [ "$(id -u)" -ne 0 ]; then
	result ok "$name # SKIP only root can make users"
elif has "$name" systemd-sysusers && has "$name" systemd-tmpfiles; then
	mkdir -p machine/etc machine/var/lib machine/var/spool
	chmod 755 . machine
	echo 'root:x:0:0::/root:/bin/sh' >machine/etc/passwd
	echo 'root:x:0:' >machine/etc/group
	systemd-sysusers --root="$dir/machine" "$units/sysusers.d/smtpost.conf" \
		>/dev/null 2>&1
	systemd-tmpfiles --root="$dir/machine" --create \
		"$units/tmpfiles.d/smtpost.conf" 2>&1 | sed 's/^/# /'
	uid=$(sed -n 's/^smtpost:x:\([0-9]*\):.*/\1/p' machine/etc/passwd)
	for folder in spool/smtpost spool/smtpost/root spool/smtpost/service \
		spool/smtpost/users lib/smtpost lib/smtpost/oauth \
		lib/smtpost/sts; do
		(cd machine/var && stat -c '%n %a %u' "$folder")
	done >is 2>&1
	cat >should <<-END
		spool/smtpost 755 0
		spool/smtpost/root 700 0
		spool/smtpost/service 700 $uid
		spool/smtpost/users 1777 0
		lib/smtpost 755 0
		lib/smtpost/oauth 700 $uid
		lib/smtpost/sts 700 $uid
	END
	same "$name"
fi

for unit in system/smtpost-queue.path user/smtpost-queue.path; do
	grep '^[A-Z].*=' "$unit" | grep -e Exists -e NotEmpty -e Changed
done >is
: >should
same "a path unit waits for events, not for a state"

# Calls a script of install with programs that only tell who called them.
calling()
{
	sed -e "s,^PATH=.*,PATH=$dir/bin:$PATH," \
		-e "s,/var/spool/smtpost,$dir/spool," "$root/install/$1" >copy
	shift
	CALLS=$dir/calls
	export CALLS
	rm -f calls
	# What it leaves in the background has descriptor 9, too: this waits.
	sh copy "$@" 9>&1 >/dev/null | cat
	cat calls 2>/dev/null
}
echo '-q --all-users' >should
calling queue.dispatcher eth0 up >is
same "the dispatcher script runs the queues when there is a network"
CONNECTIVITY_STATE=FULL calling queue.dispatcher none connectivity-change >is
same "and when the network leads somewhere"
calling queue.ip-up ppp0 >is
same "so does the script for PPP"
: >should
{
	calling queue.dispatcher eth0 down
	CONNECTIVITY_STATE=PORTAL calling queue.dispatcher none \
		connectivity-change
} >is
same "the dispatcher script does nothing when there is none"

mkdir -p spool/service/server
: >spool/service/server/default
calling queue.dispatcher eth0 up | sort >is
cat >should <<'END'
-q --all-users
start --no-block smtpost-service-queue.service
END
same "it starts the unit of the service's queue"
ls spool/service/server >is
: >should
same "which then asks servers that were away"

grep -v -e '^#' -e '^PATH=' "$root/install/queue.cron" >is
echo '*/10 * * * * root smtpost --queue-run --all-users' >should
same "the cron line names time, user and command"

echo "1..$number"
