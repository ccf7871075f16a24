# shellcheck shell=sh
# For the tests that look at the tree: layers.sh and guides.sh read it.
#
# check FUNCTION NAME: one TAP line. FUNCTION prints what is wrong; the test
# passes if it prints nothing.

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
