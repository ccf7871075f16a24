#include "rows.h"

#include <sysexits.h>

#include "cli/exit_status.h"

/*
 * What became of a recipient, in one letter: R relayed, ? in doubt; deferred:
 * N no host, P protocol, L login, T temporary, O put off by a 552; failed:
 * c content, r at RCPT, m at MAIL, d by the content's reply, g at the greeting;
 * A accepted, when the server was only asked. In the queue: q deferred, u in
 * doubt, h in doubt and held.
 */
static void
settle(struct recipient *recipient, char letter)
{
	static const struct {
		char letter;
		struct outcome outcome;
	} outcomes[] = {
	    {'R', {.action = ACTION_RELAYED, .stage = STAGE_CONTENT}},
	    {'?',
		{.action = ACTION_DELAYED,
		    .stage = STAGE_CONTENT,
		    .in_doubt = true}},
	    {'N',
		{.action = ACTION_DELAYED,
		    .stage = STAGE_CONNECT,
		    .cause = CAUSE_NO_HOST}},
	    {'P',
		{.action = ACTION_DELAYED,
		    .stage = STAGE_TLS,
		    .cause = CAUSE_PROTOCOL}},
	    {'L',
		{.action = ACTION_DELAYED,
		    .stage = STAGE_AUTH,
		    .cause = CAUSE_LOGIN}},
	    {'T',
		{.action = ACTION_DELAYED,
		    .stage = STAGE_RCPT,
		    .cause = CAUSE_TEMPORARY}},
	    {'O',
		{.action = ACTION_DELAYED,
		    .stage = STAGE_RCPT,
		    .cause = CAUSE_REFUSED}},
	    {'c',
		{.action = ACTION_FAILED,
		    .stage = STAGE_MAIL,
		    .cause = CAUSE_CONTENT}},
	    {'r',
		{.action = ACTION_FAILED,
		    .stage = STAGE_RCPT,
		    .cause = CAUSE_REFUSED}},
	    {'m',
		{.action = ACTION_FAILED,
		    .stage = STAGE_MAIL,
		    .cause = CAUSE_REFUSED}},
	    {'d',
		{.action = ACTION_FAILED,
		    .stage = STAGE_CONTENT,
		    .cause = CAUSE_REFUSED}},
	    {'A', {.action = ACTION_RELAYED, .stage = STAGE_RCPT}},
	    {'g',
		{.action = ACTION_FAILED,
		    .stage = STAGE_GREETING,
		    .cause = CAUSE_REFUSED}},
	};

	*recipient = (struct recipient){0};
	recipient->kept = letter == 'h'	   ? KEPT_HELD
	    : strchr("qu", letter) != NULL ? KEPT_QUEUED
					   : KEPT_NOT;
	letter = letter == 'q' ? 'N' : strchr("uh", letter) ? '?' : letter;
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (outcomes[i].letter == letter)
			recipient->outcome = outcomes[i].outcome;
}

struct status_row {
	const char *name;
	const char *letters;
	int status;
	const char *outcome;
};

/* The first row that fits decides, whatever else there is. */
static const struct status_row statuses[] = {
    {"in doubt", "?", 80, "unknown"},
    {"in doubt and all else", "?RNPLTcrmdg", 80, "unknown"},
    {"one in doubt of many relayed", "RRRR?", 80, "unknown"},

    {"relayed", "R", 0, "relayed"},
    {"all relayed", "RRRR", 0, "relayed"},

    {"accepted", "A", 0, "accepted"},
    {"all accepted", "AAA", 0, "accepted"},
    {"partly accepted", "Ar", 79, "partly"},

    {"queued", "q", 0, "queued"},
    {"in doubt and queued", "u", 0, "queued"},
    {"relayed and queued", "RqRu", 0, "queued"},
    {"queued and failed", "qr", 79, "partly"},
    {"queued and deferred", "qT", 79, "partly"},
    {"relayed, queued, and failed", "Rqur", 79, "partly"},
    {"in doubt and held", "h", 80, "unknown"},
    {"held and all else", "hRqurT", 80, "unknown"},
    {"queued and in doubt", "q?", 80, "unknown"},

    {"partly: failed", "Rr", 79, "partly"},
    {"partly: deferred", "RT", 79, "partly"},
    {"partly: content", "Rc", 79, "partly"},
    {"partly: no host", "RN", 79, "partly"},
    {"partly: all else", "RNPLTcrmdg", 79, "partly"},

    {"no host", "N", EX_NOHOST, "deferred"},
    {"no host and all else", "NPLTOcrmdg", EX_NOHOST, "deferred"},

    {"protocol", "P", EX_PROTOCOL, "deferred"},
    {"protocol and all else", "PLTOcrmdg", EX_PROTOCOL, "deferred"},

    {"login", "L", EX_NOPERM, "deferred"},
    {"login and all else", "LTOcrmdg", EX_NOPERM, "deferred"},

    {"temporary", "T", EX_TEMPFAIL, "deferred"},
    {"temporary and all else", "TOcrmdg", EX_TEMPFAIL, "deferred"},
    {"put off", "O", EX_TEMPFAIL, "deferred"},
    {"put off and failed", "Or", EX_TEMPFAIL, "deferred"},

    {"content", "c", EX_DATAERR, "failed"},
    {"all content", "ccc", EX_DATAERR, "failed"},

    {"at RCPT", "r", EX_NOUSER, "failed"},
    {"all at RCPT", "rrr", EX_NOUSER, "failed"},

    {"at MAIL", "m", EX_UNAVAILABLE, "failed"},
    {"at the greeting", "g", EX_UNAVAILABLE, "failed"},
    {"by the reply to the content", "d", EX_UNAVAILABLE, "failed"},
    {"at RCPT and by the content's reply", "rd", EX_UNAVAILABLE, "failed"},
    {"content and at RCPT", "cr", EX_UNAVAILABLE, "failed"},
    {"content and by the content's reply", "cd", EX_UNAVAILABLE, "failed"},
};

static void
test_status(void **state)
{
	const struct status_row *row = *state;
	size_t count = strlen(row->letters);
	struct recipient recipients[16];
	struct envelope envelope = {.recipients = recipients, .count = count};

	/* In any order */
	for (size_t turn = 0; turn < count; turn++) {
		for (size_t i = 0; i < count; i++)
			settle(
			    &recipients[i], row->letters[(i + turn) % count]);
		assert_int_equal(exit_status_of(&envelope, false), row->status);
		assert_string_equal(
		    exit_status_outcome_name(&envelope), row->outcome);
	}
}

struct sendmail_row {
	const char *name;
	const char *letters;
	int status;
};

/* Callers of sendmail know neither 79 nor 80. */
static const struct sendmail_row sendmails[] = {
    {"in doubt", "?", EX_TEMPFAIL},
    {"in doubt among refused ones", "R?rrc", EX_TEMPFAIL},
    {"relayed", "RRR", 0},
    {"accepted", "A", 0},
    {"partly: at RCPT", "Rr", EX_NOUSER},
    {"partly: content", "RRc", EX_DATAERR},
    {"partly: deferred", "RTr", EX_TEMPFAIL},
    {"partly: put off", "RRO", EX_TEMPFAIL},
    {"partly: at RCPT and MAIL", "Rrm", EX_UNAVAILABLE},
    {"partly: no host", "RNr", EX_NOHOST},
    {"partly: login", "RL", EX_NOPERM},
    {"partly: protocol", "RPT", EX_PROTOCOL},
    {"partly accepted", "Ar", EX_NOUSER},
    {"queued", "qu", 0},
    {"held", "h", 0},
    {"relayed, queued and held", "Rqh", 0},
    {"queued and at RCPT", "qr", EX_NOUSER},
    {"queued and temporary", "qT", EX_TEMPFAIL},
    {"held and by content", "hc", EX_DATAERR},
    {"queued and in doubt", "q?", EX_TEMPFAIL},
    {"nobody: at RCPT", "rr", EX_NOUSER},
    {"nobody: content", "cc", EX_DATAERR},
    {"nobody: temporary", "Tr", EX_TEMPFAIL},
};

static void
test_sendmail(void **state)
{
	const struct sendmail_row *row = *state;
	struct recipient recipients[16] = {0};
	struct envelope envelope = {
	    .recipients = recipients, .count = strlen(row->letters)};

	for (size_t i = 0; i < envelope.count; i++)
		settle(&recipients[i], row->letters[i]);
	assert_int_equal(exit_status_of(&envelope, true), row->status);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "exit", statuses, ROWS(statuses), test_status);
	rows_add(
	    &all, "as sendmail", sendmails, ROWS(sendmails), test_sendmail);
	return rows_end(&all);
}
