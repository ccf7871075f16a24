#!/bin/sh
#
# HACKING, src/README and tests/README name only files that exist, tests/README
# lists the suites of Makefile.am under the same targets, and describes every
# file and folder of tests. Prints TAP.

set -u
LC_ALL=C
export LC_ALL

cd "$(dirname "$0")/.." || exit 99
# shellcheck source=tests/tap_check.sh
. tests/tap_check.sh

# Names of files begin with a folder of the checkout, of src or of tests. A name
# with * must match a file; a test program is found by its source; a name with
# FOLDER or NAME in it is not looked for.
named_files()
{
	for guide in HACKING src/README tests/README tests/*/README; do
		[ -f "$guide" ] || continue
		tr -cs 'A-Za-z0-9_./*@+-' '\n' <"$guide" | awk '
		/^(src|tests|man|completions|install)\/./ && !/FOLDER|NAME/ {
			sub(/\.$/, "")
			print
			next
		}
		/^[a-z]+\/([a-z_0-9]+\.[ch])?$/ { print }
		' | sort -u | while read -r name; do
			# shellcheck disable=SC2086 # a pattern
			set -- $name
			[ -e "$1" ] || [ -e "$1.c" ] || [ -e "src/$1" ] ||
				[ -e "tests/$1" ] ||
				echo "$guide: there is no $name"
		done
	done
}

# Lines "target suite": from Makefile.am, and from the table.
suites_of_makefile()
{
	awk '
	/^[A-Z]+_SUITES = / { target = tolower($1); sub(/_.*/, "", target) }
	/^$/ { target = "" }
	target != "" && $1 ~ /^tests\// { print target, $1 }' Makefile.am
}

suites_of_readme()
{
	awk '$1 ~ /^tests\// && $2 ~ /^(quick|check|proof)$/ &&
		$3 ~ /^[0-9]+$/ && $4 ~ /^([0-9]+|-)$/ &&
		$1 !~ /\*$/ { print $2, $1 }' tests/README
}

suites()
{
	made=$(suites_of_makefile | sort)
	told=$(suites_of_readme | sort)
	printf '%s\n' "$made" | while read -r line; do
		printf '%s\n' "$told" | grep -Fqx "$line" ||
			echo "tests/README does not list: $line"
	done
	printf '%s\n' "$told" | while read -r line; do
		printf '%s\n' "$made" | grep -Fqx "$line" ||
			echo "Makefile.am does not list: $line"
	done
	[ "$(printf '%s\n' "$told" | uniq -d)" = "" ] ||
		echo "tests/README lists a suite twice"
}

# What is in tests must be a suite, or be described below "Folders and tools".
# Other files are the products of a build.
everything_in_tests()
{
	described=$(sed -n '/^Folders and tools/,/^Add a test/s/^\([a-z].*\)/\1/p' \
		tests/README | sed 's/	.*//')
	suites=$(suites_of_readme | sed 's/.* //')
	for file in tests/*; do
		name=${file#tests/}
		case $name in
		README | servers | *.a | *.o | *.log | *.trs | __pycache__) continue ;;
		esac
		# shellcheck disable=SC2086 # lists
		printf '%s\n' $described $suites | grep -Fqx -e "$name" \
			-e "$file" || echo "tests/README does not describe $file"
	done
}

# The date of the source is that of the release, once NEWS has one.
release_date()
{
	news=$(sed -n '1s/.*(\([0-9-]*\))$/\1/p' NEWS)
	source=$(sed -n 's/^m4_define(\[source_date\], \[\([0-9]*\)\])$/\1/p' \
		configure.ac)
	[ -n "$source" ] || echo "configure.ac has no source_date"
	[ -z "$news" ] || [ "$(date -u -d "$news" +%s)" = "$source" ] ||
		echo "configure.ac does not have the date of NEWS, $news"
}

folders_of_src()
{
	for folder in src/*/; do
		folder=${folder#src/}
		grep -q "^[	 ]*$folder" src/README ||
			echo "src/README does not describe $folder"
	done
}

echo "1..5"
check named_files "the guides name files that exist"
check folders_of_src "src/README describes every folder of src"
check suites "tests/README and Makefile.am list the same suites"
check everything_in_tests "tests/README describes all that is in tests"
check release_date "the date of the source is that of the release"
