/*
 * The modes of sendmail's -b, and why smtpost does not have some of them.
 */
#include "cli/mode_letter.h"

#include <stddef.h>

#include "cli/options.h"

static const struct {
	char letter;
	enum mode mode;
	const char *why_not; /* NULL: smtpost has this mode */
} letters[] = {
    {'m', MODE_SUBMIT, NULL},
    /* ARPANET mode: a submission with CRLF line ends. */
    {'a', MODE_SUBMIT, NULL},
    {'s', MODE_SERVE, NULL},
    {'v', MODE_VERIFY, NULL},
    {'p', MODE_MAILQ, NULL},
    {'i', MODE_NOTHING, NULL},
    /* Print or purge host status, which smtpost does not keep. */
    {'h', MODE_NOTHING, NULL},
    {'H', MODE_NOTHING, NULL},
    {'P', MODE_NOTHING, NULL},
    {'d', MODE_SUBMIT, "smtpost is not a daemon and needs no daemon"},
    {'D', MODE_SUBMIT, "smtpost is not a daemon and needs no daemon"},
    {'l', MODE_SUBMIT, "smtpost is not a daemon and needs no daemon"},
    {'t', MODE_SUBMIT, "there are no address rules to test; try -bv"},
    {'S', MODE_SUBMIT, "batched SMTP is not supported; try -bs"},
};

bool
mode_letter_find(const char *rest, enum mode *mode, struct error *err)
{
	const char *why = rest[0] != '\0' ? "smtpost has no such mode"
					  : "the letter of a mode is missing\n"
					    "hint: smtpost --bcc LIST names "
					    "hidden recipients";

	for (size_t i = 0; rest[0] != '\0' && rest[1] == '\0' &&
	     i < sizeof(letters) / sizeof(letters[0]);
	     i++) {
		if (letters[i].letter != rest[0])
			continue;
		*mode = letters[i].mode;
		why = letters[i].why_not;
	}
	return why == NULL || options_refuse("-b", rest, why, err);
}
