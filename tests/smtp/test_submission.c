#include "rows.h"

#include <signal.h>

#include "base/signals.h"
#include "smtp/given.h"
#include "smtp/peer.h"
#include "smtp/series.h"

#define HELLO "S 220 mx\nC EHLO client.example\nS 250 mx\n"
#define MAIL "C MAIL FROM:<me@example.org>\n"
#define BYE "C QUIT\nS 221 bye\nE\n"
#define RELAY                                                                \
	HELLO MAIL "S 250 ok\nC RCPT TO:<a@x>\nS 250 ok\nC DATA\nS 354 go\n" \
		   "M\nS 250 taken\n" BYE

struct run_row {
	const char *name;
	const char *script;
	const char *told, *endings;
	const char *host; /* of the first server; NULL: loopback */
	size_t servers;	  /* 0: one */
	bool with_secret;
	bool is_closed; /* nobody listens at the first server's port */
};

static const struct run_row runs[] = {
    {"relayed", RELAY, "a relayed data 250", "relayed data 250", NULL, 0, false,
	false},

    /* Another server is tried if nothing beyond EHLO and TLS succeeded. */
    {"the second server takes it", "S 421 bye\nE\nA\n" RELAY,
	"a relayed data 250", "relayed data 250", NULL, 2, false, false},
    {"after a greeting of 554", "S 554 no\n" BYE "A\n" RELAY,
	"a relayed data 250", "relayed data 250", NULL, 2, false, false},
    {"after a lost line", "A\n" RELAY, "a relayed data 250", "relayed data 250",
	NULL, 2, false, false},
    {"after EHLO refused",
	"S 220 mx\nC EHLO client.example\nS 554 no\n" BYE "A\n" RELAY,
	"a relayed data 250", "relayed data 250", NULL, 2, false, false},
    {"after no connection", RELAY, "a relayed data 250", "relayed data 250",
	NULL, 2, false, true},
    {"after a name that does not exist", RELAY, "a relayed data 250",
	"relayed data 250", "does-not-exist.invalid", 2, false, false},
    {"after 454 to AUTH",
	"S 220 mx\nC EHLO client.example\nS 250-mx\\n250 AUTH PLAIN\n"
	"C AUTH PLAIN AHUAc2VjcmV0\nS 454 later\n" BYE
	"A\nS 220 mx\nC EHLO client.example\nS 250-mx\\n"
	"250 AUTH PLAIN\nC AUTH PLAIN AHUAc2VjcmV0\nS 235 ok\n" MAIL
	"S 550 no\n" BYE,
	"a failed mail 550 refused", "failed mail 550", NULL, 2, true, false},
    {"never after 535",
	"S 220 mx\nC EHLO client.example\nS 250-mx\\n250 AUTH PLAIN\n"
	"C AUTH PLAIN AHUAc2VjcmV0\nS 535 no\n" BYE,
	"a deferred auth 535 login", "deferred auth 535", NULL, 2, true, false},
    {"never after MAIL", HELLO MAIL "S 451 later\n" BYE,
	"a deferred mail 451 temporary", "deferred mail 451", NULL, 2, false,
	false},
    {"never after MAIL, though the line is lost", HELLO MAIL,
	"a deferred mail - temporary", "deferred mail -", NULL, 2, false,
	false},

    /* Which failure is reported. */
    {"all fail: the furthest tells",
	"S 220 mx\nC EHLO client.example\nS 451 later\n" BYE
	"A\nS 421 bye\nE\n",
	"a deferred ehlo 451 temporary", "deferred ehlo 451", NULL, 2, false,
	false},
    {"all fail: what may pass outweighs a refusal",
	"S 554 no\n" BYE "A\nS 421 bye\nE\n",
	"a deferred greeting 421 temporary", "deferred greeting 421", NULL, 2,
	false, false},
    {"all fail: nor does a refusal outweigh what may pass",
	"S 421 bye\nE\nA\nS 554 no\n" BYE, "a deferred greeting 421 temporary",
	"deferred greeting 421", NULL, 2, false, false},
    {"all refuse", "S 554 no\n" BYE "A\nS 554 no\n" BYE,
	"a failed greeting 554 refused", "failed greeting 554", NULL, 2, false,
	false},
};

static void
add_servers(
    struct given *given, const struct run_row *row, struct server servers[2])
{
	servers[0] = given->server;
	servers[1] = given->server;
	if (row->host != NULL)
		servers[0].host = mem_copy_text(row->host);
	if (row->is_closed)
		servers[0].port = 1; /* tcpmux: nobody has it */
	given->profile.servers = servers;
	given->profile.server_count = row->servers ? row->servers : 1;
}

static void
tell_endings(const struct submission_record *record, struct buf *out)
{
	for (size_t i = 0; i < record->ending_count; i++) {
		if (i > 0)
			buf_add_text(out, ", ");
		given_tell_ending(out, &record->endings[i].outcome);
	}
}

static void
test_run(void **state)
{
	const struct run_row *row = *state;
	struct secret secret = {.is_set = true};
	struct server servers[2];
	struct submission submission = {0};
	struct buf endings = {0};
	struct given given;
	struct peer peer;

	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	given.profile.user = mem_copy_text("u");
	buf_add_text(&secret.password, "secret");
	peer_start(&peer, row->script);
	given_server(&given, peer.port);
	add_servers(&given, row, servers);
	submission.profile = &given.profile;
	submission.letter = &given.letter;
	submission.secret = row->with_secret ? &secret : NULL;
	series_run_one(&submission, &given.envelope);
	peer_end(&peer);
	assert_told(&given.envelope, row->told);
	tell_endings(&submission.record, &endings);
	assert_string_equal(buf_text(&endings), row->endings);
	/* The server that was tried last. */
	assert_ptr_equal(submission.record.server,
	    strstr(row->name, "never") ? &servers[0]
				       : &servers[row->servers == 2]);
	assert_true(submission.record.ended >= submission.record.started);
	assert_null(submission.record.tls.protocol);
	buf_free(&endings);
	buf_wipe(&secret.password);
	submission_free(&submission);
	if (row->host != NULL)
		free(servers[0].host);
	given_free(&given);
}

/* Without any connection: the reason and its cause. */
struct dial_row {
	const char *name;
	const char *host;
	const char *told;
};

static const struct dial_row dials[] = {
    {"nobody listens", "127.0.0.1", "a deferred connect - temporary"},
    {"no such name", "does-not-exist.invalid", "a deferred connect - no-host"},
};

static void
test_dial(void **state)
{
	const struct dial_row *row = *state;
	struct submission submission = {0};
	struct given given;
	const char *words;

	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	given_server(&given, 1);
	free(given.server.host);
	given.server.host = mem_copy_text(row->host);
	given.profile.servers = &given.server;
	given.profile.server_count = 1;
	submission.profile = &given.profile;
	submission.letter = &given.letter;
	series_run_one(&submission, &given.envelope);
	if (strcmp(row->host, "127.0.0.1") == 0 ||
	    given.envelope.recipients[0].outcome.cause == CAUSE_NO_HOST)
		assert_told(&given.envelope, row->told);
	else /* without a name server nobody knows what exists */
		assert_told(&given.envelope, "a deferred connect - temporary");
	words = buf_text(&submission.record.endings[0].outcome.reply.text);
	assert_ptr_equal(strstr(words, "cannot connect to "), words);
	assert_non_null(strstr(words, row->host));
	assert_int_equal(submission.record.connected, 0);
	submission_free(&submission);
	given_free(&given);
}

/* What the report says beside the envelope. */
static void
test_record(void **state)
{
	struct secret secret = {.is_set = true};
	struct submission submission = {0};
	struct given given;
	struct peer peer;

	(void)state;
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	given.profile.user = mem_copy_text("u");
	buf_add_text(&secret.password, "secret");
	peer_start(&peer,
	    "S 220 mx\nC EHLO client.example\nS 250-mx\\n250 AUTH PLAIN\n"
	    "C AUTH PLAIN AHUAc2VjcmV0\nS 235 ok\n" MAIL "S 550 no\n" BYE);
	given_server(&given, peer.port);
	given.profile.servers = &given.server;
	given.profile.server_count = 1;
	submission.profile = &given.profile;
	submission.letter = &given.letter;
	submission.secret = &secret;
	series_run_one(&submission, &given.envelope);
	peer_end(&peer);
	assert_string_equal(submission.record.mechanism, "PLAIN");
	assert_ptr_equal(submission.record.server, &given.server);
	assert_int_not_equal(submission.record.connected, 0);
	assert_int_equal(submission.record.secured, 0);
	submission_free(&submission);
	assert_int_equal(submission.record.ending_count, 0);
	buf_wipe(&secret.password);
	given_free(&given);
}

static void
test_end(void **state)
{
	struct submission submission = {0};
	struct outcome outcome = {0};
	struct given given;

	(void)state;
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x b@x");
	outcome_set_own(&outcome, STAGE_AUTH, CAUSE_TEMPORARY, "no secret");
	submission_end(&submission, &given.envelope, &outcome);
	outcome_free(&outcome);
	assert_told(&given.envelope,
	    "a deferred auth - temporary, b deferred auth - temporary");
	assert_int_equal(submission.record.ending_count, 1);
	submission_free(&submission);
	given_free(&given);
}

static void
test_total(void **state)
{
	struct submission submission = {0};
	int64_t began = clock_now();
	struct server servers[2];
	struct given given;
	struct peer peer;

	(void)state;
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	given.profile.timeout_total = 300;
	peer_start(&peer, HELLO "H\n");
	given_server(&given, peer.port);
	servers[0] = servers[1] = given.server;
	given.profile.servers = servers;
	given.profile.server_count = 2;
	submission.profile = &given.profile;
	submission.letter = &given.letter;
	series_run_one(&submission, &given.envelope);
	assert_in_range(clock_now() - began, 290, 4000);
	assert_told(&given.envelope, "a deferred mail - temporary");
	peer_end(&peer);
	submission_free(&submission);
	given_free(&given);
}

/* After a signal no other server is tried. */
static void
test_signal(void **state)
{
	struct submission submission = {0};
	struct server servers[2];
	struct given given;
	struct peer peer;
	bool is_there;

	(void)state;
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	peer_start(&peer, "H\n");
	given_server(&given, peer.port);
	servers[0] = servers[1] = given.server;
	given.profile.servers = servers;
	given.profile.server_count = 2;
	submission.profile = &given.profile;
	submission.letter = &given.letter;
	signals_catch();
	raise(SIGTERM);
	series_run_one(&submission, &given.envelope);
	assert_int_equal(
	    given.envelope.recipients[0].outcome.action, ACTION_DELAYED);
	assert_int_equal(
	    given.envelope.recipients[0].outcome.cause, CAUSE_TEMPORARY);
	assert_int_equal(submission.record.ending_count, 1);
	assert_ptr_equal(submission.record.server, &servers[0]);
	signals_defer();
	/* Perhaps it never saw us; or it did, and is gone. */
	close(peer_try(&peer, &is_there));
	peer_end(&peer);
	submission_free(&submission);
	given_free(&given);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "run", runs, ROWS(runs), test_run);
	rows_add(&all, "no connection", dials, ROWS(dials), test_dial);
	rows_add_one(&all, "what is recorded", test_record);
	rows_add_one(&all, "ended before it began", test_end);
	rows_add_one(&all, "timeout-total", test_total);
	rows_add_one(&all, "a signal", test_signal);
	return rows_end(&all);
}
