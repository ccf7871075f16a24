#!/bin/sh
#
# Options and settings are named in many places: the tables in the program (shown
# by --help and --explain), the manuals, and the completions of three shells. All
# must have the same names. If a shell is installed, its completion is tried too.
#
#	SMTPOST=./smtpost tests/cli/words.sh
#
# Prints TAP.

# shellcheck source=tests/cli/begin.sh
. "${srcdir:-$(dirname "$0")/../..}/tests/cli/begin.sh"
program_manual=$root/man/smtpost.1
doctor_manual=$root/man/smtpost-doctor.1
sendmail_manual=$root/man/smtpost-sendmail.8
settings_manual=$root/man/smtpost.conf.5
service_manual=$root/man/smtpost-service.8
queue_manual=$root/man/smtpost-queue.7
mail_manual=$root/man/smtpost-mail.1
examples_manual=$root/man/smtpost-examples.7
import_manual=$root/man/smtpost-import.7
bash=$root/completions/smtpost.bash
zsh=$root/completions/_smtpost
fish=$root/completions/smtpost.fish
mkdir home empty expected

number=0
result()
{
	number=$((number + 1))
	echo "$1 $number - $2"
}

# same NAME TEST: the file `found` must have the lines of expected/NAME, in any
# order. If none are expected, the test itself is wrong.
same()
{
	sort -u found >is
	sort -u "expected/$1" >should
	if [ -s should ] && cmp -s should is; then
		result ok "$2"
	else
		result 'not ok' "$2"
		comm -23 should is | sed 's/^/# missing: /'
		comm -13 should is | sed 's/^/# too much: /'
	fi
}

# none TEST: the file `found` must be empty.
none()
{
	if [ -s found ]; then
		result 'not ok' "$1"
		sed 's/^/# /' found
	else
		result ok "$1"
	fi
}

# --- What the program says

"$smtpost" --providers </dev/null | awk -F '\t' '
NF != 5 || /^\t|\t\t|\t$/ || seen[$1]++
END { if (NR < 40) print "only " NR }' >found
none "--providers gives five fields a line, and each name once"

# -o and --option, each with =VALUE where it has one. The explanation begins in
# column 28, or in the next line.
"$smtpost" --help </dev/null >help
awk '
/^Accepted from callers/ { exit }
/^   ? ? ? ?-/ {
	left = substr($0, 27, 1) == " " ? substr($0, 1, 26) : $0
	gsub(/,/, "", left)
	count = split(left, word, " ")
	sub(/\[.*/, "", word[count]) # -q[X]: never the next word
	value = word[count] ~ /^-/ ? "" : "=" word[count]
	for (i = 1; i <= count; i++)
		if (word[i] ~ /^-/)
			print word[i] value
}' help >with-values
cut -d= -f1 with-values >expected/options
grep '=' with-values | cut -d= -f1 >expected/valued
# Letters that are ignored: -X FILE -x -d[X]
sed -n '/^Accepted from callers/{n;p;}' help | tr -s ' ' '\n' | sed 's/\[.*//' |
	grep . >ignoring
grep '^-' ignoring >expected/ignored
{
	cat expected/valued
	sed -n '/^-/{h;d;}; x; p' ignoring
} >expected/takers

"$smtpost" --explain --server smtp://localhost </dev/null |
	awk '$2 == "=" && $1 != "profile"' >explained
cut -d' ' -f1 explained >expected/settings
grep -vx -e password -e oauth-client-secret expected/settings >expected/settable
# setting=word for each setting with a fixed list of words, which the error for a
# wrong word names.
while read -r setting _; do
	"$smtpost" --explain --server smtp://localhost --set "$setting=@ @" \
		</dev/null 2>&1 >/dev/null |
		sed -n "/ $setting must be /{s/.*\($setting\) must be/\1/
			s/ or / /; p;}"
done <explained | tr -d , |
	awk '{ for (i = 2; i <= NF; i++) print $1 "=" $i }' >expected/choices

# Keeps the lines of these settings.
only_choices()
{
	cut -d= -f1 expected/choices | sort -u >choosing
	awk -F= 'NR == FNR { has[$1]; next } $1 in has' choosing -
}

# setting word... becomes lines of setting=word.
spread()
{
	awk '{ for (i = 2; i <= NF; i++) print $1 "=" $i }'
}

sed -n '/^const struct option option_table/,/of mail and mailx alone/p' \
	"$root/src/cli/option_table.c" |
	sed -n 's/^ *{\([^ ]*\), \([^ ]*\), ARGUMENT.*/\1 \2/p' |
	awk -F "[\"' ]+" '
	{ gsub(/^[^A-Za-z0]+|"/, "") }
	$1 != "0" { print "-" $1 }
	$2 != "NULL" { print "--" $2 }' >found
same options "--help shows every option of the table"
sed -n "/^const struct option ignored_options/,/^};/s/^ *{'\(.\)'.*/-\1/p" \
	"$root/src/cli/option_table.c" >found
mkdir named
ln -s "$smtpost" named/sendmail
named/sendmail --help </dev/null >help
sed -n '/^Accepted from callers/{n;p;}' help | grep -o -e '-[A-Za-z]' \
	>expected/sendmail-ignored
same sendmail-ignored "sendmail --help shows every letter that is ignored"
# As smtpost, these letters are options or are refused.
grep -vx -e -A -e -C -e -n expected/sendmail-ignored >found
same ignored "--help shows those of them that smtpost ignores"
sed -i '/^Accepted from callers/,$d' help
{
	grep -o '^  -[A-Za-z]' help | tr -d ' '
	grep -o '^      --[a-z-]*' help | tr -d ' '
} >found
{
	grep '^-[A-Za-z]$' expected/options | grep -vx -e -C -e -s
	printf '%s\n' --help --version
} >expected/letters
same letters "sendmail --help shows all letters, and two names"
sed -n '/^static const struct setting settings/,/^};/p' \
	"$root/src/profile/setting_table.c" |
	sed -n 's/^ *{"\([a-z-]*\)".*/\1/p' >found
same settings "--explain shows every setting of the table"

# The options of msmtp, which only smtpost-import.7 shows.
sed -n 's/^    {0, "\([a-z-]*\)", ARGUMENT.*/--\1/p' \
	"$root/src/cli/msmtp_option.c" >expected/msmtp
grep -x -f expected/msmtp expected/options >found
none "--help does not show the options of msmtp"
# Without a value or with one, none of them is unknown.
while read -r option; do
	"$smtpost" "$option" --explain </dev/null 2>&1 |
		grep -e 'no such option'
	named/sendmail "$option=x" </dev/null 2>&1 |
		grep -q "cannot use $option: sendmail has no such option" ||
		echo "sendmail has $option"
done <expected/msmtp >found
none "the options of msmtp are options of smtpost, but not of sendmail"
while read -r option; do
	grep -q -e "\"$option\"" "$root/tests/cli/modes_and_options" ||
		echo "$option"
done <expected/msmtp | grep -v -x -e --tls-fingerprint >found
none "tests/cli/modes_and_options tries every option of msmtp"

# --- The manuals

# Every -o and --option that mdoc on stdin names.
marked_options()
{
	awk '{
		for (i = 1; i < NF; i++)
			if ($i == "Fl" || $i == ".Fl")
				print "-" $(i + 1)
	}'
}

sed -n '/^The options are:/,/^\.Ss Modes/p' "$program_manual" |
	grep '^\.It Fl ' |
	marked_options >found
same options "smtpost.1 explains every option"
{
	grep -v '^--' expected/options | grep -vx -e -s
	cat expected/sendmail-ignored
	printf '%s\n' --help --version
} >expected/all-letters
grep -e '^\.It Fl ' -e '^\.Fl -' "$sendmail_manual" | marked_options >found
same all-letters "smtpost-sendmail.8 explains every letter"
ln -s "$smtpost" named/mail
named/mail --help </dev/null | grep -o -e '^  *-[A-Za-z]' -e '^  *--[a-z]*' |
	tr -d ' ' >expected/mail-options
sed -n '/^The options are:/,/^\.Ss/p' "$mail_manual" | grep '^\.It Fl ' |
	marked_options >found
same mail-options "smtpost-mail.1 explains every option of mail"
if [ -e "$import_manual" ]; then
	sed -n '/^\.\\" OPTIONS msmtp/,/^\.El/p' "$import_manual" |
		grep '^\.It Li ' | tr -s ' ,' '\n' | grep '^--' >found
	same msmtp "smtpost-import.7 explains every option of msmtp"
fi
# All other checks need the configuration, which cannot be read here.
"$smtpost" --config nothing --doctor -v </dev/null |
	grep -E '^(ok|note|warning|failure|skipped) ' | awk '{ print $2 }' \
	>expected/checks
sed -n '/^\.\\" IDS/,/^\.El/s/^\.It Li //p' "$doctor_manual" >found
same checks "smtpost-doctor.1 explains every check"
# -ti is an example of grouped letters, -bd one of a refused mode.
# smtpost-queue.7 counts once the program has what it describes.
if grep -qx -e --queue-hold expected/options &&
	grep -qx -e --at expected/options; then
	cat "$queue_manual"
fi >described
if grep -qx -e --setup expected/options; then
	cat "$doctor_manual"
fi >>described
cat "$program_manual" "$settings_manual" "$sendmail_manual" \
	"$service_manual" "$mail_manual" "$examples_manual" "$import_manual" \
	described |
	marked_options | sed 's/^-\([bqo]\).*/-\1/' | sort -u |
	grep -vx -e -- -e -ti -f expected/options -f expected/sendmail-ignored \
		-f expected/mail-options >found
none "the manuals name no other option"

# "MODE OPTION" for each pair that --help names, where the mode
# stands in front of a line.
help_modes()
{
	sed -n '/ default is -bm:$/,/^$/p' | sed 1d | awk '
	/^  -/ { mode = $1; $1 = ""; print mode, "alone" }
	{ for (i = 1; i <= NF; i++) if ($i != "") print mode, $i }'
}

# The same from the section of a manual.
manual_modes()
{
	sed -n '/^\.Ss Modes/,/^\.El/p' "$1" | sed 's/ Ns Cm //' | awk '
	/^\.It Fl / { mode = "-" $3; print mode, "alone"; next }
	/^\.Fl bh/ || /^\.Fl I/ { next }
	mode != "" && /^\.Fl / {
		for (i = 2; i <= NF; i++)
			if ($i != "," && $i != ".")
				print mode, "-" $i
	}'
}

"$smtpost" --help </dev/null | help_modes | sort -u >expected/modes
manual_modes "$program_manual" >found
same modes "smtpost.1: which options go with which mode"
named/sendmail --help </dev/null | help_modes >expected/sendmail-modes
manual_modes "$sendmail_manual" >found
same sendmail-modes \
	"smtpost-sendmail.8: which options go with which mode"

sed -n '/^\.Sh SETTINGS/,/^\.Sh FILES/s/^\.It Ic \([^ ]*\) Li = .*/\1/p' \
	"$settings_manual" >found
same settings "smtpost.conf.5 explains every setting"
cut -d' ' -f1 explained | diff - found >different
mv different found
none "smtpost.conf.5 has the order of --explain"
sed -n 's/^\.It Ic \([^ ]*\) Li = Cm \(.*\)/\1 \2/p' "$settings_manual" |
	tr -d '|' | spread | only_choices >found
same choices "smtpost.conf.5 has the words of every choice"

example=$root/install/examples/config
sed -n 's/^#\([a-z][a-z-]*\) = .*/\1/p' "$example" >found
same settings "the example configuration has every setting"

# Each line of the example alone, after the server that some need. Only errors
# with a line number count: what else a setting needs is not there.
grep -E '^#[a-z][a-z-]* = ' "$example" | grep -v '^#extends' |
	while read -r line; do
		case $line in
		'#provider'* | '#server'*) printf '%s\n' "${line#?}" ;;
		*) printf 'server = smtps://mail.example.com\n%s\n' "${line#?}" ;;
		esac >one
		chmod 600 one
		"$smtpost" --explain --config ./one </dev/null 2>&1 >/dev/null |
			grep -F 'one:'
	done >found
none "each line of the example configuration is right"

# The item of setting $1, on one line.
setting_item()
{
	awk -v name="$1" '
	/^\.It Ic / { inside = $3 == name }
	/^\.S[hs] / { inside = 0 }
	inside' "$settings_manual" | tr '\n' ' '
}

# Without a value the fourth word is missing. That of server is ours.
awk '$4 == "default" && $1 != "server" { print $1, $3 }' explained |
	while read -r setting value; do
		setting_item "$setting" | grep -q -e "Default: \.Cm $value " \
			-e "Default: \.Li $value " ||
			echo "$setting: the default is $value"
	done >found
none "smtpost.conf.5 tells the defaults"

oauth=${OAUTH_PROGRAM:-${smtpost%/*}/smtpost-oauth}
# A program built without OAuth says that it is missing.
unsaid='^$'
[ -x "$oauth" ] || unsaid='smtpost-oauth'

# Every block of the recipes that begins with a profile, tried as it stands.
sed -n '/^\.Sh RECIPES/,/^\.Sh SEE/p' "$settings_manual" |
	sed -n '/^\.Bd/,/^\.Ed/p' | awk '
	/^\.Bd/ { first = 1; next }
	/^\.Ed/ { next }
	first { inside = /^\[/; first = 0 }
	inside' >recipes
chmod 600 recipes
sed -n 's/^password-file = //p' recipes | while read -r file; do
	echo secret >"$file"
	chmod 600 "$file"
done
mkdir programs
sed -n 's/^[a-z]*-command = \([^ ]*\).*/\1/p' recipes | while read -r program; do
	echo '#!/bin/sh' >"programs/$program"
	chmod 700 "programs/$program"
done
sed -n 's/^\[\(.*\)\]$/\1/p' recipes >cooks
while read -r name; do
	PATH="$PWD/programs:$PATH" "$smtpost" --config recipes -P "$name" --explain </dev/null 2>&1 \
		>cooked | grep -v "$unsaid" | sed "s/^/$name: /"
	grep -q ' preset ' cooked || echo "$name: nothing is preset"
done <cooks >found
[ -s cooks ] || echo "there is none" >found
none "smtpost.conf.5: every recipe is a configuration"

# A file that is none of them names the kinds. neomutt and msmtp are other names.
echo nothing >unknown
"$smtpost" --import unknown 2>&1 | sed -n 's/.*the kinds are //p' |
	tr -s ' ,' '\n' >expected/kinds
sed -n 's/^\.It Li \([^ ]*\) Ta Pa .*/\1/p' "$import_manual" >found
same kinds "smtpost-import.7 names every kind of file"
sed -n 's/.*== @(\(msmtprc|[^)]*\)):\*.*/\1/p' "$bash" | tr '|' '\n' |
	grep -vx neomutt >found
same kinds "bash: every kind of file"
sed -n 's/^	kinds=(\(.*\))$/\1/p' "$zsh" | tr ' ' '\n' | grep -vx neomutt >found
same kinds "zsh: every kind of file"
sed -n "s/.*'^(\(msmtprc|[^)]*\)):.*/\1/p" "$fish" | tr '|' '\n' |
	grep -vx neomutt >found
same kinds "fish: every kind of file"

# What the page says about the keys of a program: the marked lists explain only
# keys of that program, and they or the text after them name all of its keys.
# Words after "but" are left out. "two words" count as two_words.
for keys in "$root"/tests/import/*-all/keys; do
	kind=$(basename "${keys%-all/keys}")
	sed -n "/^\.\\\\\" KEYS $kind\( \|\$\)/,/^\.\\\\\" END/p" "$import_manual" |
		sed 's/"\([^" ]*\) \([^"]*\)"/\1_\2/g' >marked
	sed -n 's/^\.\\" .*but //p' marked | tr ' ' '\n' >left-out
	tr ' ' _ <"$keys" >known-keys
	grep -vx -f left-out known-keys | sort -u >all-keys
	grep '^\.It Li ' marked | cut -d' ' -f3- | tr -s ' ,' '\n' | sort -u |
		grep -vxF -f known-keys >found
	none "smtpost-import.7 explains no other key of $kind"
	grep -E '^\.(It )?Li ' marked | tr -s ' ,' '\n' | sort -u >named-keys
	grep -vxF -f named-keys all-keys >found
	none "smtpost-import.7 explains every key of $kind"
done

# The pages mark no other word as a setting.
for page in "$service_manual" "$queue_manual" "$import_manual"; do
	grep -o '^\.Ic [a-z][a-z-]*\( , [a-z-]*\)*' "$page" | sed 's/^\.Ic //' |
		tr -s ' ,' '\n' | sort -u | grep -vx -f expected/settings >found
	none "$(basename "$page") names no other setting"
done

for page in "$program_manual" "$settings_manual" "$sendmail_manual" \
	"$service_manual" "$queue_manual" "$mail_manual" "$examples_manual" \
	"$import_manual"; do
	name="$(basename "$page") is clean mdoc"
	if command -v mandoc >/dev/null; then
		mandoc -Tlint -Wwarning "$page" >found 2>&1
		none "$name"
	else
		result ok "$name # SKIP mandoc is missing"
	fi
done

"$smtpost" --version </dev/null | sed -n 's/^login: //p' | tr ' ' '\n' \
	>expected/mechanisms
setting_item auth | grep -o '[A-Z][A-Z0-9-]*[A-Z0-9]' |
	grep -Fx -f expected/mechanisms >found
same mechanisms "smtpost.conf.5 explains every mechanism"

# --- The completions, as they are written

# The list NAME='...' in bash.
list_of()
{
	sed -n "/^$1='/,/^'/p" "$bash" | sed '1d;$d' | xargs printf '%s\n'
}

# The options with values, from the patterns of bash and fish that know them:
# ^--(name|name)$ and ^-[^...]*[letters]$.
valued_by_pattern()
{
	sed -n 's/.*\^--(\([a-z|-]*\))\$.*/\1/p' "$1" | tr '|' '\n' |
		sed 's/^/--/'
	sed -n 's/.*\^-\[^-*bdeq\([A-Za-z]*\)\]\*\[\1\]\$.*/\1/p' "$1" |
		sed 's/./-& /g' | tr ' ' '\n' | grep .
}

list_of _smtpost_options >found
same options "bash: every option"
valued_by_pattern "$bash" >found
same takers "bash: the options with values"
list_of _smtpost_settings >found
same settable "bash: every setting but secrets"
sed -n '/^_smtpost_choices/,/^}/s/^	\(.*\)) echo \(.*\) ;;/\1:\2/p' "$bash" |
	awk -F: '{
		count = split($1, name, " [|] ")
		for (i = 1; i <= count; i++)
			print name[i], $2
	}' | spread | only_choices >found
same choices "bash: the words of every choice"

sed -n 's/^	auth) echo \(.*\) ;;/\1/p' "$bash" |
	tr ' ' '\n' | grep -vx -e auto -e none >found
same mechanisms "bash: every mechanism"
sed -n "s/^		'auth\[.*:(\(.*\))'/\1/p" "$zsh" |
	tr ' ' '\n' | grep -vx -e auto -e none >found
same mechanisms "zsh: every mechanism"
sed -n "s/^ *printf 'auth=%s.n' //p" "$fish" |
	tr ' ' '\n' | grep -vx -e auto -e none >found
same mechanisms "fish: every mechanism"

# What remains of '(-a --all)'{-a+,--all=}'[...]...' is -a+ and --all=.
sed -n '/^	options=(/,/^	)/p' "$zsh" | grep "^		'[^!]" |
	sed "s/\[.*//; s/^		'([^)]*)//" |
	tr -s -c 'A-Za-z+=-' '\n' | grep '^-' | sed 's/^-\(.\)-$/-\1/' >specified
tr -d += <specified >found
same options "zsh: every option"
grep '[+=]$' specified | tr -d += >found
same valued "zsh: the options with values"
{
	cat found
	sed -n "s/^		'!\(-.\)+:.*/\1/p" "$zsh"
} >all
mv all found
same takers "zsh: which words are values"
sed -n "/^	settings=(/,/^	)/s/^		'\([a-z-]*\)\[.*/\1/p" "$zsh" >found
same settable "zsh: every setting but secrets"
sed -n "/^	settings=(/,/^	)/s/^		'\([a-z-]*\)\[.*:(\(.*\))'/\1 \2/p" \
	"$zsh" | spread | only_choices >found
same choices "zsh: the words of every choice"

sed -n 's/^complete -c smtpost \(.*\) -d .*/\1/p' "$fish" |
	awk '{
		value = / -[xr]( |$)/ ? "=" : ""
		for (i = 1; i < NF; i++)
			if ($i == "-s" || $i == "-l")
				print ($i == "-s" ? "-" : "--") $(i + 1) value
	}' >specified
tr -d = <specified >found
same options "fish: every option"
grep '=' specified | tr -d = >found
same valued "fish: the options with values"
valued_by_pattern "$fish" >found
same takers "fish: which words are values"
sed -n '/set -l settings/,/[^\\]$/p' "$fish" |
	sed 's/set -l settings//; s/\\$//' |
	xargs printf '%s\n' >found
same settable "fish: every setting but secrets"
sed -n "s/^ *printf '\([a-z-]*\)=%s.n' \([^\$]*\)$/\1 \2/p" "$fish" |
	spread | only_choices >found
same choices "fish: the words of every choice"

# --- The completions at work

# The configuration has an included file, a profile with two sections, and a
# profile whose name is a command.
mkdir -p home/.config/smtpost bin
cat >home/.config/smtpost/config <<'END'
full-name = Words
[work]
server = smtps://mail.example.com
  [ web ]
[w$(touch${IFS}executed)`touch${IFS}executed`]
include more
END
printf '#!/bin/sh\n' >bin/nightly-backup
chmod 755 bin/nightly-backup
printf '[other]\r\nserver = smtp://x\r\n[work]\r\ninclude config\r\n' \
	>home/.config/smtpost/more
echo '[wide]' >system-config
echo '[given]' >given-config
echo 'Subject: x' >message.eml
# The completions ask the program where the system's configuration is, and
# which mail services it knows.
cat >bin/smtpost <<END
#!/bin/sh
case \$1 in
--providers) exec "$smtpost" --providers ;;
*) echo "configuration: $dir/system-config" ;;
esac
END
chmod 755 bin/smtpost

# A line to complete, and the candidates for its last word, without the part up
# to the last `=`.
cat >cases <<'END'
smtpost --re|--read-recipients --recipients --redact --reply-to --report --require-tls --resend-unknown
smtpost --nothing|
smtpost -P w|web wide work
smtpost --profile=o|other
smtpost -tP we|web
smtpost -C given-config -P |given
smtpost --config given-config --account |given
smtpost --report |json monitor none text
smtpost --set tls=|none opportunistic required
smtpost --set tls-h|tls-host
smtpost --set provider=gm|gmail gmx gmx:com
smtpost --set provider=sendg|sendgrid
smtpost --set pass|password-command password-fd password-file
smtpost --message mess|message.eml
smtpost -N n|never
smtpost -tR |full hdrs
smtpost --set queue=|always never on-tempfail
smtpost -qR --dry|--dry-run
smtpost -X w --dry|--dry-run
smtpost -F x -f y@example.org --dry|--dry-run
smtpost alice@example.org --d|
smtpost -- --d|
smtpost --import msm|msmtprc
smtpost --import gi|git given-config
smtpost --import dma:mess|message.eml
smtpost --mail-on a|always
smtpost --run -- nightly-b|nightly-backup
smtpost --run root -- nightly-b|nightly-backup
smtpost --run -- nightly-backup mess|message.eml
smtpost -- nightly-b|
smtpost --queue-s|--queue-show
smtpost --queue-hold --where state=w|waiting
smtpost --queue-hold --where se|sender
END

# Reads lines of LINE|CANDIDATE... from the file answers.
judge()
{
	while IFS='|' read -r line wanted; do
		printf '%s\n' "$wanted" | tr ' ' '\n' | grep . | sort >should
		# The program's name ends with the colon of its own case.
		awk -F '|' -v line="$line" '$1 == line { print $2 }' answers |
			tr ' ' '\n' | sed 's/[=:]$//; s/.*=//; s/^dma://' | grep . |
			grep -v '[$`]' | sort -u >is
		if ! grep -qF "$line|" answers; then
			result 'not ok' "$1: $line"
			echo "# no answer"
		elif cmp -s should is; then
			result ok "$1: $line"
		else
			result 'not ok' "$1: $line"
			sed 's/^/# /' is
		fi
	done <cases
	if [ -e executed ] || ! grep -q "${2:-[\$]}" answers; then
		result 'not ok' "$1: a profile's name is not run"
		rm -f executed
	else
		result ok "$1: a profile's name is not run"
	fi
}

run_shell()
{
	env HOME="$dir/home" PATH="$dir/bin:$PATH" "$@" <lines >answers \
		2>errors
	sed 's/^/# /' errors
}

{
	cut -d'|' -f1 cases
	echo 'smtpost -P '
} >lines

cat >try.bash <<'END'
. "$1"
while IFS= read -r line; do
	COMP_LINE=$line COMP_POINT=${#line}
	_smtpost smtpost
	printf '%s|%s\n' "$line" "${COMPREPLY[*]}"
done
END
# shellcheck disable=SC2016 # for that shell
if command -v bash >/dev/null && bash -c '((BASH_VERSINFO[0] >= 4))'; then
	run_shell bash --norc --noprofile try.bash "$bash"
	judge bash
else
	result ok "bash # SKIP bash 4 is missing"
fi

cat >try.fish <<'END'
source $argv[1]
while read -l line
    set answer (complete -C $line | string replace -r '\t.*' '')
    echo "$line|$answer"
end
END
if fish --no-config -c true 2>/dev/null </dev/null; then
	run_shell fish --no-config try.fish "$fish"
	judge fish
else
	result ok "fish # SKIP fish with --no-config is missing"
fi

# zsh completes only at a terminal. The test makes one, and a compadd that prints
# the candidates.
cat >try.zsh <<'END'
zmodload zsh/zpty || exit 1
said=$PWD/said
await()
{
	local junk
	repeat 400; do
		[[ "$(tail -n 1 $said 2>/dev/null)" == @end ]] && return
		zpty -r -t inner junk '*' 2>/dev/null
		sleep 0.05
	done
	print -u 2 "zsh: no answer"
	exit 1
}
zpty inner "zsh -f -i"
zpty -w inner "PS1= PS2= fpath=(${(q)1:h} \$fpath) said=${(q)said}
setopt no_auto_menu no_beep
autoload -U compinit
compinit -D -u
compadd()
{
	local -a candidates
	if ! (( \${argv[(I)-[OAD]]} )); then
		builtin compadd -O candidates \"\$@\"
		print -rl -- \$candidates >>\$said
	fi
	builtin compadd \"\$@\"
}
try()
{
	zle complete-word
	print -r -- @end >>\$said
	BUFFER=
}
zle -N try
bindkey '^T' try
print -r -- @end >\$said"
await
while IFS= read -r line; do
	: >$said
	zpty -w -n inner $line$'\x14'
	await
	print -r -- "$line|${(j: :)${(f)"$(grep -vx @end $said)"}}"
done
zpty -d inner
END
if zsh -f -c 'zmodload zsh/zpty' 2>/dev/null; then
	zsh -n "$zsh" >found 2>&1
	none "zsh: the completion can be read"
	run_shell zsh -f try.zsh "$zsh"
	judge zsh
else
	result ok "zsh # SKIP zsh with its zpty is missing"
fi

# --- smtpost-oauth

oauth_manual=$root/man/smtpost-oauth.1
oauth_bash=$root/completions/smtpost-oauth.bash
oauth_zsh=$root/completions/_smtpost-oauth
oauth_fish=$root/completions/smtpost-oauth.fish
if [ -x "$oauth" ]; then
	"$oauth" --help </dev/null >help
	{
		sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' help
		sed -n 's/^  \(--[a-z-]*\) .*/\1/p' help
		sed -n 's/.*(also \(-[a-z]\))$/\1/p' help
	} >expected/oauth

	{
		sed -n 's/^\.It Cm \([a-z]*\).*/\1/p' "$oauth_manual"
		grep '^\.It Fl' "$oauth_manual" | grep -o -- ' -[a-z-]*' |
			sed 's/^ /-/'
		sed -n 's/^\.It Fl \([a-z]\) .*/-\1/p' "$oauth_manual"
	} >found
	same oauth "smtpost-oauth(1) explains what --help lists"

	{
		sed -n '/offers=(login/,/)/p' "$oauth_bash" | tr -d '()' |
			sed 's/.*offers=//' | xargs printf '%s\n'
		sed -n '/offers=(--/,/)/p' "$oauth_bash" |
			tr -s ' \t()' '\n' | grep '^-'
	} >found
	same oauth "bash completes the words of smtpost-oauth"

	{
		sed -n "s/^		'\([a-z]*\):.*/\1/p" "$oauth_zsh" |
			grep -v '^$'
		sed -n "s/.*'[^-]*\(([^)]*)\)*\(--[a-z-]*\)=*\[.*/\2/p" \
			"$oauth_zsh"
		sed -n "s/.*'[^-]*\(([^)]*)\)*\(-[a-z]\)\[.*/\2/p" \
			"$oauth_zsh"
	} >found
	same oauth "zsh completes the words of smtpost-oauth"

	{
		sed -n 's/.* -a \([a-z]*\) -d .*/\1/p' "$oauth_fish"
		sed -n 's/^complete.* -l \([a-z-]*\) .*/--\1/p' "$oauth_fish"
		sed -n 's/^complete.* -s \([a-z]\) .*/-\1/p' "$oauth_fish"
	} >found
	same oauth "fish completes the words of smtpost-oauth"

	cat >oauth-try.bash <<'END'
. "$1"
COMP_WORDS=(smtpost-oauth "${@:2}")
COMP_CWORD=$(($# - 1))
_smtpost_oauth
printf '%s\n' "${COMPREPLY[@]}"
END
	try()
	{
		HOME=$PWD/home XDG_CONFIG_HOME='' PATH="$dir/bin:$PATH" \
			bash oauth-try.bash "$oauth_bash" "$@"
	}
	{
		try l
		try token w
		try token o
		try --config = given-config token ""
		try status --report j
		try login --dev
	} >found
	# shellcheck disable=SC2016 # not expanded
	printf '%s\n' login logout work json --device wide other given \
		'w\$\(touch\$\{IFS\}executed\)\`touch\$\{IFS\}executed\`' web \
		>expected/oauth-bash
	same oauth-bash "bash completes profiles and options of smtpost-oauth"
	printf '%s\n' 'smtpost-oauth token o|other' \
		'smtpost-oauth --config given-config status |given' >cases
	cut -d'|' -f1 cases >lines
	if fish --no-config -c true 2>/dev/null </dev/null; then
		run_shell fish --no-config try.fish "$oauth_fish"
		judge fish '$'
	fi
	if zsh -f -c 'zmodload zsh/zpty' 2>/dev/null; then
		rm -f said
		run_shell zsh -f try.zsh "$oauth_zsh"
		judge zsh '$'
	fi
	{
		[ ! -e executed ] || echo executed
		! command -v zsh >zsh-path || zsh -n "$oauth_zsh" 2>&1
		! command -v fish >fish-path || fish -n "$oauth_fish" 2>&1
	} >found
	none "zsh and fish can read the completions of smtpost-oauth"
else
	result ok "smtpost-oauth # SKIP it was not built"
fi

echo "1..$number"
