/*
 * The table of modes. A new mode is a row here, a row in the table of main.c,
 * and a bit in the rows of its options in option_table.c.
 */
#include "cli/mode.h"

static const struct {
	const char *name;
	bool takes_message, takes_recipients, ends_options;
} modes[] = {
    [MODE_SUBMIT] = {"-bm", true, true, true},
    [MODE_DRY_RUN] = {"--dry-run", true, true, true},
    [MODE_CHECK_MESSAGE] = {"--check-message", true, true, false},
    [MODE_VERIFY] = {"-bv", false, true, false},
    [MODE_SERVE] = {"-bs", false, false, false},
    [MODE_EXPLAIN] = {"--explain", false, false, false},
    [MODE_PROVIDERS] = {"--providers", false, false, false},
    [MODE_QUEUE_LIST] = {"-bp", false, false, false},
    [MODE_QUEUE_RUN] = {"-q", false, false, false},
    [MODE_NOTHING] = {"-bi", false, false, false},
    [MODE_HELP] = {"--help", false, false, false},
    [MODE_VERSION] = {"--version", false, false, false},
};

bool
mode_takes_message(enum mode mode)
{
	return modes[mode].takes_message;
}

bool
mode_takes_recipients(enum mode mode)
{
	return modes[mode].takes_recipients;
}

bool
mode_ends_options(enum mode mode)
{
	return modes[mode].ends_options;
}

const char *
mode_name(enum mode mode)
{
	return modes[mode].name;
}
