/*
 * What each mode reads. How modes are chosen does not matter here.
 */
#include "cli/mode.h"

/*
 * A new mode is a row here, a row in the table of main.c, and a bit in the rows
 * of its options in option_table.c.
 */
const struct mode_traits mode_table[] = {
    [MODE_SUBMIT] = {"-bm", true, true, true, false},
    [MODE_RUN] = {"--run", false, true, true, false},
    [MODE_DRY_RUN] = {"--dry-run", true, true, true, false},
    [MODE_CHECK_MESSAGE] = {"--check-message", true, true, false, false},
    [MODE_VERIFY] = {"-bv", false, true, false, false},
    [MODE_SERVE] = {"-bs", false, false, false, false},
    [MODE_EXPLAIN] = {"--explain", false, false, false, false},
    [MODE_PROVIDERS] = {"--providers", false, false, false, false},
    [MODE_MAILQ] = {"-bp", false, false, false, false},
    [MODE_QUEUE_LIST] = {"--queue-list", false, false, false, true},
    [MODE_QUEUE_SHOW] = {"--queue-show", false, false, false, true},
    [MODE_QUEUE_HOLD] = {"--queue-hold", false, false, false, true},
    [MODE_QUEUE_RELEASE] = {"--queue-release", false, false, false, true},
    [MODE_QUEUE_REMOVE] = {"--queue-remove", false, false, false, true},
    [MODE_QUEUE_RUN] = {"-q", false, false, false, true},
    [MODE_NOTHING] = {"-bi", false, false, false, false},
    [MODE_HELP] = {"--help", false, false, false, false},
    [MODE_VERSION] = {"--version", false, false, false, false},
};
