#!/bin/sh
#
# All C files are laid out as .clang-format says: `make format` does it. Prints
# TAP. Versions of clang-format other than 14 break some lines elsewhere, so the
# test is skipped with another version, or if clang-format is not installed. The
# programs that other tests unpack into tests/servers are not ours.

set -u
cd "$(dirname "$0")/.." || exit 99

version=$(clang-format --version 2>/dev/null |
	sed -n 's/.*version \([0-9]*\).*/\1/p')
echo 1..1
if [ -z "$version" ]; then
	echo "ok 1 - format # SKIP clang-format is not installed"
elif [ "$version" -ne 14 ]; then
	echo "ok 1 - format # SKIP clang-format is version $version, not 14"
elif wrong=$(find src tests -path tests/servers -prune -o -name '*.[ch]' \
	-exec clang-format --dry-run -Werror {} + 2>&1); then
	echo "ok 1 - format"
else
	echo "not ok 1 - format"
	echo "$wrong" | sed 's/^/# /'
fi
