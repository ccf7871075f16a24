/*
 * What each mode reads. How modes are chosen does not matter here.
 */
#include "cli/mode.h"

/*
 * A new mode is a row here, a row in the table of main.c, and a bit in the rows
 * of its options in option_table.c.
 */
const struct mode_traits mode_table[] = {
    [MODE_SUBMIT] = {.name = "-bm",
	.takes_message = true,
	.takes_recipients = true,
	.ends_options = true},
    [MODE_RUN] = {.name = "--run",
	.takes_recipients = true,
	.ends_options = true},
    [MODE_DRY_RUN] = {.name = "--dry-run",
	.takes_message = true,
	.takes_recipients = true,
	.ends_options = true},
    [MODE_CHECK_MESSAGE] = {.name = "--check-message",
	.takes_message = true,
	.takes_recipients = true},
    [MODE_VERIFY] = {.name = "-bv", .takes_recipients = true},
    [MODE_SERVE] = {.name = "-bs"},
    [MODE_EXPLAIN] = {.name = "--explain"},
    [MODE_DOCTOR] = {.name = "--doctor", .takes_profile = true},
    [MODE_SERVER_INFO] = {.name = "--server-info", .takes_profile = true},
    [MODE_SETUP] = {.name = "--setup"},
    [MODE_IMPORT] = {.name = "--import"},
    [MODE_PROVIDERS] = {.name = "--providers"},
    [MODE_DKIM_KEYGEN] = {.name = "--dkim-keygen", .takes_words = true},
    [MODE_MAILQ] = {.name = "-bp"},
    [MODE_QUEUE_LIST] = {.name = "--queue-list", .takes_ids = true},
    [MODE_QUEUE_SHOW] = {.name = "--queue-show", .takes_ids = true},
    [MODE_QUEUE_HOLD] = {.name = "--queue-hold", .takes_ids = true},
    [MODE_QUEUE_RELEASE] = {.name = "--queue-release", .takes_ids = true},
    [MODE_QUEUE_REMOVE] = {.name = "--queue-remove", .takes_ids = true},
    [MODE_QUEUE_RUN] = {.name = "-q", .takes_ids = true},
    [MODE_NOTHING] = {.name = "-bi"},
    [MODE_HELP] = {.name = "--help"},
    [MODE_VERSION] = {.name = "--version"},
};

bool
mode_takes_operands(enum mode mode)
{
	const struct mode_traits *traits = &mode_table[mode];

	return traits->takes_recipients || traits->takes_profile ||
	    traits->takes_words;
}
