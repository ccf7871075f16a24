#!/bin/sh
#
# The rules of the house, read from the sources: which folder may include
# which, what is done in one place only, how large a file and a function may
# be, and that the build knows every file. Prints TAP.

set -u
LC_ALL=C
export LC_ALL

cd "$(dirname "$0")/.." || exit 99

# All sources as FILE:LINE:TEXT, comments and the inside of strings taken out
# (the name in #include stays).
sources=$(find src -name '*.[ch]' | sort | while read -r file; do
	awk -v file="$file" '
	BEGIN { backslash = sprintf("%c", 92); quote = sprintf("%c", 39) }
	{
		text = ""
		include = $0 ~ /^[ \t]*#[ \t]*include/
		inside = ""
		for (i = 1; i <= length($0); i++) {
			c = substr($0, i, 1)
			two = substr($0, i, 2)
			if (comment) {
				if (two == "*/") {
					comment = 0
					i++
				}
			} else if (inside != "") {
				if (c == backslash)
					i++
				else if (c == inside) {
					inside = ""
					text = text c
				} else if (include)
					text = text c
			} else if (two == "/*") {
				comment = 1
				i++
			} else {
				if (c == "\"" || c == quote)
					inside = c
				text = text c
			}
		}
		print file ":" FNR ":" text
	}' "$file"
done)

lines()
{
	printf '%s\n' "$sources"
}

# Lines that hold the word of pattern $1, but in the files of pattern $2.
word_outside()
{
	lines | grep -E ":[0-9]+:(.*[^A-Za-z0-9_])?($1)" | grep -Ev "^($2):"
}

floors()
{
	lines | awk -F: '
	BEGIN {
		floors = "base address message envelope tls net fixup profile " \
		    "smtp spool cli serve main.c"
		count = split(floors, floor, " ")
		for (i = 1; i <= count; i++)
			rank[floor[i]] = i
	}
	$3 ~ /^[ \t]*#[ \t]*include[ \t]*"/ {
		split($1, own, "/")
		split($3, quoted, "\"")
		split(quoted[2], to, "/")
		if (!(to[1] in rank) || !(own[2] in rank) ||
		    (own[2] != to[1] && rank[to[1]] >= rank[own[2]]))
			print $1 ":" $2 ": may not include " quoted[2]
	}'
}

own_header_first()
{
	for file in src/*/*.c; do
		header=${file%.c}.h
		[ -f "$header" ] || continue
		lines | grep "^$file:.*#include" | head -n 1 |
			grep -v "\"${header#src/}\""
	done
}

# TLS; and the hashing for SASL, in one file.
gnutls_in_one_place()
{
	own='src/tls/[a-z_]*\.[ch]|src/smtp/sasl_hash\.c'
	lines | grep -E '#[ 	]*include.*<gnutls/' | grep -Ev "^($own):"
	word_outside 'gnutls_[a-z0-9_]*' "$own"
}

idn2_in_one_place()
{
	word_outside 'idn2_[a-z0-9_]*|IDN2_[A-Z0-9_]*|#.*<idn2\.h>' \
		'src/address/domain\.c'
}

# A child between fork and exec is the exception, with _exit.
exit_in_one_place()
{
	word_outside '(exit|quick_exit|_Exit|abort) *\(' \
		'src/main\.c|src/base/mem\.c'
	forking=$(lines | grep -E '[^a-z_]fork *\(\)' | cut -d: -f1 |
		sort -u | tr '\n' '|')
	word_outside '_exit *\(' "${forking}src/main\.c|src/base/mem\.c"
}

printing_in_one_place()
{
	word_outside 'v?f?printf *\(|v?dprintf *\(|perror *\(|psignal *\(|f?puts *\(|putc(har)? *\(|fputc *\(|fwrite *\(|stdout|stderr' \
		'src/main\.c|src/(cli|serve)/[a-z_]*\.[ch]'
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
	for file in "$@"; do
		[ -f "$file" ] || continue
		count=$(($(wc -l <"$file")))
		[ "$count" -lt "$most" ] ||
			echo "$file: $count lines, $most is too many"
	done
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
	for file in src/*.c src/*/*.c; do
		[ -f "$file" ] || continue
		awk -v file="$file" '
		/^[A-Za-z_*].*\(/ { name = $0 }
		/^\{/ { start = FNR }
		/^\}/ && start {
			if (FNR - start - 1 > 80)
				print file ":" start ": " FNR - start - 1 \
				    " lines in " name
			start = 0
		}' "$file"
	done
}

line_length()
{
	for file in src/*.c src/*/*.[ch] tests/*.h tests/*/*.[ch]; do
		[ -f "$file" ] || continue
		expand "$file" | awk -v file="$file" '
		{
			gsub(/[\200-\277]/, "") # UTF-8 counts characters
			if (length($0) > 80)
				print file ":" FNR ": " length($0) " columns"
		}
		/[ \t]$/ { print file ":" FNR ": blank at the end" }'
	done
}

# Makefile.am lists sources and test programs by name: one that is forgotten
# would be missing from the tarball, or would be a test that never runs.
all_in_makefile()
{
	for file in src/*.c src/*/*.[ch] tests/*.h tests/*/*.[ch]; do
		[ -f "$file" ] || continue
		case $file in
		tests/*/test_*.c | tests/fuzz/fuzz_*.c | */plan_driver.c)
			file=${file%.c} # a program is named, not its source
			;;
		esac
		grep -q "[	 ]$file\( .*\)*\$" Makefile.am ||
			echo "Makefile.am does not know $file"
	done
}

# Both are included by folder and name; one would hide the other.
headers_hide_nothing()
{
	for file in tests/*/*.h; do
		[ ! -f "src/${file#tests/}" ] ||
			echo "$file has the name of src/${file#tests/}"
	done
}

# Who writes a module in these folders writes its test.
modules_are_tested()
{
	for file in src/base/*.h; do
		name=$(basename "$file" .h)
		[ -f "tests/base/test_$name.c" ] ||
			echo "$file has no tests/base/test_$name.c"
	done
}

number=0
check()
{
	number=$((number + 1))
	found=$($1)
	if [ -z "$found" ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		printf '%s\n' "$found" | sed 's/^/# /'
	fi
}

if [ -z "$sources" ]; then
	echo "Bail out! no sources in $(pwd)/src"
	exit 99
fi
echo "1..15"
check floors "a file includes its own folder and those below"
check own_header_first "a file includes its own header first"
check gnutls_in_one_place "GnuTLS is used in tls and by SASL for hashing only"
check idn2_in_one_place "libidn2 is used in address/domain.c only"
check exit_in_one_place "only main.c and mem.c end the program"
check printing_in_one_place "only cli, serve and main.c print"
check dangerous_functions "functions that invite mistakes are not used"
check no_typedef "no typedef"
check file_size "a source file has less than 800 lines"
check header_size "a header has less than 150 lines"
check function_size "a function has at most 80 lines"
check line_length "80 columns, and no blank at a line's end"
check all_in_makefile "Makefile.am knows every source and every test"
check headers_hide_nothing "no header of a test has the name of a source's"
check modules_are_tested "every module of base has its unit test"
