#!/bin/sh
#
# The rules for the sources that a program can check: what may include what,
# what is done in one place only, names, sizes, and that the build knows every
# file. HACKING explains the rules. Prints TAP.
#
# Each check is a function that prints the lines that break its rule, FILE
# first. Most of them read $code: all sources as FILE:LINE:TEXT, without
# comments, blank lines and the inside of strings.

set -u
LC_ALL=C
export LC_ALL

cd "$(dirname "$0")/.." || exit 99
# shellcheck source=tests/tap_check.sh
. tests/tap_check.sh

scratch=$(mktemp -d "${TMPDIR:-/tmp}/layers.XXXXXX") || exit 99
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' HUP INT TERM
code=$scratch/code

# The name in an #include stays.
awk '
FNR == 1 { in_comment = 0 }
{
	rest = $0
	text = ""
	is_include = rest ~ /^[ \t]*#[ \t]*include/
	while (rest != "") {
		if (in_comment) {
			end = index(rest, "*/")
			in_comment = !end
			rest = end ? substr(rest, end + 2) : ""
			continue
		}
		if (!match(rest, /\/\*|["\047]/)) {
			text = text rest
			break
		}
		text = text substr(rest, 1, RSTART - 1)
		mark = substr(rest, RSTART, 1)
		rest = substr(rest, RSTART)
		if (mark == "/") {
			in_comment = 1
			rest = substr(rest, 3)
		} else if ((mark == "\"" &&
		    match(rest, /^"([^"\\]|\\.)*"/)) ||
		    match(rest, /^\047([^\047\\]|\\.)*\047/)) {
			text = text (is_include ? \
			    substr(rest, 1, RLENGTH) : mark mark)
			rest = substr(rest, RLENGTH + 1)
		} else {
			text = text mark
			rest = substr(rest, 2)
		}
	}
	if (text ~ /[^ \t]/)
		print FILENAME ":" FNR ":" text
}' src/*.[ch] src/*/*.[ch] >"$code"

# Lines with the word of pattern $1, except in the files of pattern $2.
word_outside()
{
	grep -E ":[0-9]+:(.*[^A-Za-z0-9_])?($1)" "$code" | grep -Ev "^($2):"
}

floors()
{
	awk -F: '
	BEGIN {
		floors = "base address message envelope tls net fixup dkim profile " \
		    "smtp spool compose doctor import cli serve main.c"
		count = split(floors, floor, " ")
		for (i = 1; i <= count; i++)
			rank[floor[i]] = i
		# These stand beside smtp and all above it.
		beside["oauth"] = beside["oauth_main.c"] = 1
		rank["oauth"] = rank["smtp"]
		rank["oauth_main.c"] = rank["main.c"]
	}
	$3 ~ /^[ \t]*#[ \t]*include[ \t]*"/ {
		split($1, own, "/")
		split($3, quoted, "\"")
		split(quoted[2], to, "/")
		if (!(to[1] in rank) || !(own[2] in rank) ||
		    (own[2] != to[1] && (rank[to[1]] >= rank[own[2]] ||
		    (rank[to[1]] >= rank["smtp"] &&
		    (own[2] in beside) != (to[1] in beside)))))
			print $1 ":" $2 ": may not include " quoted[2]
	}' "$code"
}

# A file and its header are one node here. Nodes that include no remaining node
# are removed until none is left, or only circles and the nodes that include
# them; then one circle is printed and opened, and so on.
circles()
{
	awk -F: '
	$3 ~ /^[ \t]*#[ \t]*include[ \t]*"/ {
		from = $1
		sub(/\.[ch]$/, "", from)
		split($3, quoted, "\"")
		to = "src/" quoted[2]
		sub(/\.h$/, "", to)
		folder = from
		sub(/[^\/]*$/, "", folder)
		if (from != to && index(to, folder) == 1 &&
		    !((from, to) in edge)) {
			edge[from, to] = 1
			left[from] = 1
			target[from, ++count[from]] = to
		}
	}
	function first_left(node,    i) {
		for (i = 1; i <= count[node]; i++)
			if (((node, target[node, i]) in edge) &&
			    (target[node, i] in left))
				return target[node, i]
		return ""
	}
	function peel(    node, again) {
		do {
			again = 0
			for (node in left)
				if (first_left(node) == "") {
					delete left[node]
					again = 1
				}
		} while (again)
	}
	function one_left(    node, least) {
		for (node in left)
			if (least == "" || node < least)
				least = node
		return least
	}
	END {
		for (peel(); (node = one_left()) != ""; peel()) {
			split("", place)
			for (n = 1; !(node in place); n++) {
				place[node] = n
				way[n] = node
				node = first_left(node)
			}
			text = node
			for (i = place[node] + 1; i < n; i++)
				text = text " -> " way[i]
			print text " -> " node
			delete edge[way[n - 1], node]
		}
	}' "$code"
}

own_header_first()
{
	awk -F: '
	$1 ~ /^src\/.*\/.*\.c$/ && $3 ~ /^[ \t]*#[ \t]*include/ && !seen[$1]++ {
		header = substr($1, 5, length($1) - 5) "h"
		if (index($3, "\"" header "\"") == 0)
			print $1 ":" $2 ": " header " does not come first"
	}' "$code"
}

# A newcomer finds a function by its name: the name begins with the noun that
# names the file, or the plural of that noun. The other names are:
names_of_others='
base/text.h	ascii_ span_	the two things that text is made of
base/wait.h	clock_ deadline_	what a wait ends with
'
public_names()
{
	printf '%s' "$names_of_others" | awk -F '[:\t]' '
	FILENAME == "-" {
		count = split($2, prefix, " ")
		for (i = 1; i <= count; i++)
			allowed["src/" $1, prefix[i]] = 1
		next
	}
	function plural(noun) {
		if (noun ~ /[^aeou]y$/)
			return substr(noun, 1, length(noun) - 1) "ies"
		return noun (noun ~ /(s|x|ch|sh)$/ ? "es" : "s")
	}
	function declared(text,    name, noun, first) {
		if (!match(text, /[A-Za-z_][A-Za-z0-9_]* *\(/))
			return
		name = substr(text, RSTART, RLENGTH - 1)
		sub(/ +$/, "", name)
		noun = $1
		sub(/.*\//, "", noun)
		sub(/\.h$/, "", noun)
		first = name
		sub(/_.*/, "_", first)
		if (name != noun && index(name, noun "_") != 1 &&
		    index(name, plural(noun) "_") != 1 &&
		    !(($1, first) in allowed))
			print $1 ":" $2 ": " name
	}
	$1 !~ /\.h$/ { next }
	$1 != file { file = $1; depth = 0; text = ""; goes_on = 0 }
	{
		line = substr($0, length($1) + length($2) + 3)
		is_macro = goes_on || line ~ /^[ \t]*#/
		goes_on = is_macro && line ~ /\\$/
		if (is_macro)
			next
		gsub(/__attribute__ *\(\([a-z_]*\)\)/, "", line)
		while (match(line, /[{};]/)) {
			mark = substr(line, RSTART, 1)
			if (depth == 0)
				text = text " " substr(line, 1, RSTART - 1)
			line = substr(line, RSTART + 1)
			if (depth == 0 && mark != "}") {
				declared(text)
				text = ""
			}
			depth += (mark == "{") - (mark == "}")
		}
		if (depth == 0)
			text = text " " line
	}' - "$code"
}

# Headers without a .c file: there are none.
headers_pair()
{
	find src/*/ -name '*.[ch]' | sort | while read -r file; do
		case $file in
		*.c) other=${file%.c}.h ;;
		*.h) other=${file%.h}.c ;;
		esac
		[ -f "$other" ] || echo "$file: there is no $other"
	done
}

one_header_of_a_name()
{
	find src -name '*.h' | sort | awk -F/ '
	$NF in file { print $0 ": " file[$NF] " has the same name" }
	{ file[$NF] = $0 }'
}

one_struct_of_a_name()
{
	awk -F: '
	$1 !~ /\.h$/ { next }
	match($3, /(struct|union|enum)[ \t]+[A-Za-z0-9_]+[ \t]*\{/) {
		name = substr($3, RSTART, RLENGTH - 1)
		sub(/[ \t]+$/, "", name)
		if (name in place)
			print $1 ":" $2 ": " name " is also in " place[name]
		place[name] = $1
	}' "$code"
}

comment_first()
{
	awk 'FNR == 1 && !/^\/\*/ { print FILENAME ": no comment comes first" }' \
		src/*.[ch] src/*/*.[ch]
}

# TLS; and the hashing for SASL, in one file.
gnutls_in_one_place()
{
	own='src/tls/[a-z0-9_]*\.[ch]|src/smtp/sasl_hash\.c'
	grep -E '#[ 	]*include.*<gnutls/' "$code" | grep -Ev "^($own):"
	word_outside 'gnutls_[a-z0-9_]*' "$own"
}

idn2_in_one_place()
{
	word_outside 'idn2_[a-z0-9_]*|IDN2_[A-Z0-9_]*|#.*<idn2\.h>' \
		'src/address/domain\.c'
}

# A child between fork and exec may call _exit.
exit_in_one_place()
{
	word_outside '(exit|quick_exit|_Exit|abort) *\(' \
		'src/(oauth_)?main\.c|src/base/mem\.c'
	forking=$(grep -E '[^a-z_]fork *\(\)' "$code" | cut -d: -f1 |
		sort -u | tr '\n' '|')
	word_outside '_exit *\(' "${forking}src/base/mem\.c"
}

printing_in_one_place()
{
	word_outside 'v?f?printf *\(|v?dprintf *\(|perror *\(|psignal *\(|f?puts *\(|putc(har)? *\(|fputc *\(|fwrite *\(|stdout|stderr' \
		'src/(oauth_)?main\.c|src/(cli|serve)/[a-z_]*\.[ch]|src/oauth/print\.[ch]'
}

dangerous_functions()
{
	word_outside '(strtok(_r)?|strcpy|strcat|strncpy|strncat|v?sprintf|gets|alloca|ato[fil]|scanf|sscanf|mktemp|tmpnam|popen|system|setenv|putenv) *\(' \
		'none'
}

no_typedef()
{
	word_outside 'typedef' 'none'
}

# more_than COUNT FILE...
more_than()
{
	most=$1
	shift
	wc -l "$@" | awk -v most="$most" '
	$2 != "total" && $1 >= most {
		print $2 ": " $1 " lines; fewer than " most " are allowed"
	}'
}

file_size()
{
	more_than 800 src/*.c src/*/*.c
}

header_size()
{
	more_than 150 src/*/*.h
}

function_size()
{
	awk '
	FNR == 1 { start = 0 }
	/^[A-Za-z_*].*\(/ { name = $0 }
	/^\{/ { start = FNR }
	/^\}/ && start {
		if (FNR - start - 1 > 80)
			print FILENAME ":" start ": " FNR - start - 1 \
			    " lines in " name
		start = 0
	}' src/*.c src/*/*.c
}

line_length()
{
	awk '
	/[ \t]$/ { print FILENAME ":" FNR ": blank at the end" }
	length($0) > 80 || /\t/ {
		line = $0
		gsub(/[\200-\277]/, "", line) # UTF-8 counts characters
		columns = 0
		count = split(line, part, "\t")
		for (i = 1; i <= count; i++) {
			columns += length(part[i])
			if (i < count)
				columns += 8 - columns % 8
		}
		if (columns > 80)
			print FILENAME ":" FNR ": " columns " columns"
	}' src/*.c src/*/*.[ch] tests/*.[ch] tests/*/*.[ch]
}

# Makefile.am lists sources and test programs by name: one that is forgotten
# would be missing from the tarball, or would be a test that never runs.
all_in_makefile()
{
	printf '%s\n' src/*.c src/*/*.[ch] tests/*.[ch] tests/*/*.[ch] | awk '
	FILENAME != "-" {
		for (i = 1; i <= NF; i++)
			known[$i] = 1
		next
	}
	{
		name = $0 # a program is listed, not its source
		if (name ~ /^tests\/.*\/(test_|fuzz_).*\.c$/ ||
		    name ~ /_driver\.c$/)
			sub(/\.c$/, "", name)
		folder = name
		sub(/\/[^\/]*$/, "", folder) # a whole folder may be listed
		if (!(name in known) && !(folder in known))
			print $0 ": Makefile.am does not list it"
	}' Makefile.am -
}

# A sorted list shows where a name belongs, and two changes seldom collide.
lists_are_sorted()
{
	awk '
	/^[A-Za-z_]+ = \\$/ { list = $1; last = "" }
	!/^\t/ && !/ = \\$/ { list = "" }
	list != "" && $1 ~ /^(src|tests)\// {
		if ($1 < last)
			print "Makefile.am:" FNR ": " $1 " stands behind " last
		last = $1
	}' Makefile.am
}

# Both are included by folder and name; one would hide the other.
headers_hide_nothing()
{
	for file in tests/*/*.h; do
		[ ! -f "src/${file#tests/}" ] ||
			echo "$file: src/${file#tests/} has the same name"
	done
}

# Everything rests on base.
modules_are_tested()
{
	for file in src/base/*.h; do
		name=$(basename "$file" .h)
		[ -f "tests/base/test_$name.c" ] ||
			echo "$file: there is no tests/base/test_$name.c"
	done
}

if [ ! -s "$code" ]; then
	echo "Bail out! no sources in $(pwd)/src"
	exit 99
fi
echo "1..22"
check floors "a file includes files of its own folder and of those below"
check circles "the files of a folder do not include each other in a circle"
check own_header_first "a file includes its own header first"
check public_names "the name of a public function begins with its file's noun"
check headers_pair "every .c file has a header of its name, and every header a .c"
check one_header_of_a_name "no two headers have the same name"
check one_struct_of_a_name "no struct, union or enum is defined in two headers"
check comment_first "every source file begins with a comment"
check gnutls_in_one_place "GnuTLS is used in tls and by SASL for hashing only"
check idn2_in_one_place "libidn2 is used in address/domain.c only"
check exit_in_one_place "only the two main files and mem.c end a program"
check printing_in_one_place "only cli, serve, oauth/print.c and the two main files print"
check dangerous_functions "functions that invite mistakes are not used"
check no_typedef "there is no typedef"
check file_size "a source file has less than 800 lines"
check header_size "a header has less than 150 lines"
check function_size "a function has at most 80 lines"
check line_length "lines have at most 80 columns and no blank at the end"
check all_in_makefile "Makefile.am lists every source and every unit test"
check lists_are_sorted "the lists of files in Makefile.am are sorted"
check headers_hide_nothing "no header in tests has the name of one in src"
check modules_are_tested "every module of base has its unit test"
