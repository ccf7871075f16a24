#!/bin/sh
#
# The links of `make install-sendmail`: which are made, that another mail
# system's files are kept, and that only ours are removed. All of it happens
# below a DESTDIR. Prints TAP.

set -u
LC_ALL=C
export LC_ALL
unset FORCE SENDMAIL_IN_BIN DESTDIR MAKEFLAGS MFLAGS MAKELEVEL

builddir=$(pwd)
root=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd) || exit 99
links=$root/install/sendmail-links
dir=$(mktemp -d "${TMPDIR:-/tmp}/smtpost-install.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
trap 'exit 99' HUP INT TERM

number=0
# claim NAME COMMAND...: the command must succeed.
claim()
{
	number=$((number + 1))
	name=$1
	shift
	if "$@" >"$dir/said" 2>&1; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		sed 's/^/# /' "$dir/said"
	fi
}

# fresh: an empty DESTDIR with smtpost in it.
fresh()
{
	rm -rf "$dir/root"
	mkdir -p "$dir/root/usr/bin"
	echo '#!/bin/sh' >"$dir/root/usr/bin/smtpost"
	chmod 755 "$dir/root/usr/bin/smtpost"
	cp "$dir/root/usr/bin/smtpost" "$dir/program"
}

# run install|uninstall [LINK...]
run()
{
	action=$1
	shift
	DESTDIR=$dir/root sh "$links" "$action" /usr/bin/smtpost \
		/usr/sbin/sendmail /usr/lib/sendmail /usr/bin/mailq \
		/usr/bin/newaliases "$@"
}

points_to_smtpost()
{
	for link; do
		[ "$(readlink "$dir/root$link")" = /usr/bin/smtpost ] ||
			return 1
	done
}

not()
{
	! "$@"
}

# What stands below DESTDIR but smtpost itself.
is_left()
{
	(cd "$dir/root" && find . ! -type d ! -name smtpost | sort) \
		>"$dir/left"
	printf '%s\n' "$@" | grep . | sort | cmp -s - "$dir/left"
}

program_is_whole()
{
	cmp -s "$dir/program" "$dir/root/usr/bin/smtpost"
}

fresh
claim "the links are made" run install
claim "they lead to smtpost" points_to_smtpost /usr/sbin/sendmail \
	/usr/lib/sendmail /usr/bin/mailq /usr/bin/newaliases
claim "and no other" is_left ./usr/sbin/sendmail ./usr/lib/sendmail \
	./usr/bin/mailq ./usr/bin/newaliases
claim "they are made again" run install /usr/bin/sendmail
claim "one more on request" points_to_smtpost /usr/bin/sendmail \
	/usr/sbin/sendmail
claim "they are removed" run uninstall /usr/bin/sendmail
claim "all of them" is_left
claim "and nothing else" program_is_whole
claim "where there are none, that is fine" run uninstall

# Another mail system's: a program, a link to one, a link to nowhere.
fresh
mkdir -p "$dir/root/usr/sbin" "$dir/root/usr/lib"
echo other >"$dir/root/usr/sbin/exim"
ln -s exim "$dir/root/usr/sbin/sendmail"
ln -s /etc/alternatives/mailq "$dir/root/usr/bin/mailq"
echo other >"$dir/root/usr/lib/sendmail"
claim "other's files are kept" not run install
grep -c 'belongs to another' "$dir/said" >"$dir/count"
claim "with a word for each" grep -qx 3 "$dir/count"
claim "nothing was done" is_left ./usr/sbin/exim ./usr/sbin/sendmail \
	./usr/bin/mailq ./usr/lib/sendmail
claim "uninstalling keeps them too" run uninstall
claim "all of them are there" is_left ./usr/sbin/exim ./usr/sbin/sendmail \
	./usr/bin/mailq ./usr/lib/sendmail
claim "FORCE=1 takes their place" env FORCE=1 DESTDIR="$dir/root" sh "$links" \
	install /usr/bin/smtpost /usr/sbin/sendmail /usr/lib/sendmail \
	/usr/bin/mailq /usr/bin/newaliases
claim "links are made" points_to_smtpost /usr/sbin/sendmail \
	/usr/lib/sendmail /usr/bin/mailq
claim "what they led to is whole" grep -qx other "$dir/root/usr/sbin/exim"

fresh
mkdir -p "$dir/root/usr/sbin/sendmail"
claim "a folder is kept, by force too" not env FORCE=1 DESTDIR="$dir/root" \
	sh "$links" install /usr/bin/smtpost /usr/sbin/sendmail
fresh
rm "$dir/root/usr/bin/smtpost"
claim "without smtpost there are no links" not run install
claim "none at all" is_left

# By make, where this is a build.
if [ -f "$builddir/Makefile" ] &&
	grep -q '^install-sendmail:' "$builddir/Makefile"; then
	fresh
	by_make()
	{
		make -C "$builddir" DESTDIR="$dir/root" prefix=/usr \
			exec_prefix=/usr bindir=/usr/bin sbindir=/usr/sbin "$@"
	}
	claim "make install-sendmail" by_make install-sendmail
	claim "makes the links" is_left ./usr/sbin/sendmail \
		./usr/lib/sendmail ./usr/bin/mailq ./usr/bin/newaliases
	claim "make install-sendmail SENDMAIL_IN_BIN=1" by_make \
		install-sendmail SENDMAIL_IN_BIN=1
	claim "makes the other one" points_to_smtpost /usr/bin/sendmail
	claim "make uninstall-sendmail" by_make uninstall-sendmail
	claim "removes them" is_left
	echo other >"$dir/root/usr/bin/mailq"
	claim "make install-sendmail fails" not by_make install-sendmail
	claim "unless FORCE=1" by_make install-sendmail FORCE=1
else
	echo "ok $((number += 1)) - make install-sendmail # SKIP no build here"
fi
echo "1..$number"
