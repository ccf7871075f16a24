#include "rows.h"

#include <signal.h>

#include "base/signals.h"
#include "smtp/content.h"
#include "smtp/given.h"
#include "smtp/peer.h"

/* More than the sockets of loopback hold. */
#define LARGE ((size_t)12 * 1024 * 1024)
#define DOT "C From: me@example.org\nC Subject: s\nC \nC ..dot\nC last\nC .\n"
#define BYE "C QUIT\nS 221 bye\nE\n"

struct content_row {
	const char *name;
	const char *script;
	const char *told; /* of the ending */
	bool goes_on;
	bool with_quit, is_large;
	bool wait; /* until the server has replied */
	int timeout;
};

static const struct content_row contents[] = {
    {"taken", DOT "N\nS 250 2.0.0 taken\nC QUIT\n", "relayed data 250", true,
	false, false, false, 0},
    {"taken, QUIT behind", DOT "C QUIT\nS 250 taken\\n221 bye\nE\n",
	"relayed data 250", true, true, false, false, 0},
    {"refused", DOT "S 554 spam\nC QUIT\n", "failed data 554 refused", true,
	false, false, false, 0},
    {"refused for now", DOT "S 451 later\nC QUIT\n",
	"deferred data 451 temporary", true, false, false, false, 0},
    {"421 is an answer", DOT "S 421 bye\nE\n", "deferred data 421 temporary",
	true, false, false, false, 0},
    {"an unknown 2yz", DOT "S 299 taken\nC QUIT\n", "relayed data 299", true,
	false, false, false, 0},
    {"in several lines", DOT "S 250-a\\n250 b\nC QUIT\n", "relayed data 250",
	true, false, false, false, 0},
    {"large, and taken", "M\nN\nS 250 taken\nC QUIT\n", "relayed data 250",
	true, false, true, false, 0},

    /* In doubt: the end was sent, and there is no valid reply. */
    {"closed behind the dot", DOT, "unknown data - temporary", false, false,
	false, false, 0},
    {"closed behind the dot and QUIT", DOT "C QUIT\n",
	"unknown data - temporary", false, true, false, false, 0},
    {"reset behind the dot", DOT "R\n", "unknown data - temporary", false,
	false, false, false, 0},
    {"silence behind the dot", DOT "E\n", "unknown data - temporary", false,
	false, false, false, 200},
    {"a part of a line", DOT "s 250 take\n", "unknown data - temporary", false,
	false, false, false, 0},
    {"a line with half an end", DOT "s 250 taken\\r\n",
	"unknown data - temporary", false, false, false, false, 0},
    {"a part of several lines", DOT "S 250-taken\n", "unknown data - temporary",
	false, false, false, false, 0},
    {"mixed codes", DOT "S 250-taken\\n550 no\nE\n", "unknown data - protocol",
	false, false, false, false, 0},
    {"malformed", DOT "S Taken\nE\n", "unknown data - protocol", false, false,
	false, false, 0},
    {"354", DOT "S 354 go\nE\n", "unknown data 354 protocol", false, false,
	false, false, 0},

    /* A reply before the content: nothing of it is sent. */
    {"552 before it", "S 552 large\nE\n", "failed data 552 refused", false,
	false, false, true, 0},
    {"421 before it", "S 421 bye\n", "deferred data 421 temporary", false,
	false, false, true, 0},
    {"250 before it", "S 250 taken\nE\n", "deferred data - protocol", false,
	true, false, true, 0},
    {"354 twice", "S 354 go\nE\n", "deferred data - protocol", false, false,
	false, true, 0},
    {"malformed before it", "S Ok\nE\n", "deferred data - protocol", false,
	false, false, true, 0},
    {"552 before a large one", "S 552 large\nE\n", "failed data 552 refused",
	false, false, true, true, 0},
    {"closed before it", "", "deferred data - temporary", false, false, false,
	true, 0},
    {"reset before it", "R\n", "deferred data - temporary", false, false, false,
	true, 0},

    /* A reply in the middle of the content. */
    {"552 in it", "K 3000\nS 552 large\nT\n", "failed data 552 refused", false,
	false, true, false, 0},
    {"552 in it and closed", "K 3000\nS 552 large\n", "failed data 552 refused",
	false, false, true, false, 0},
    {"451 in it, with QUIT wanted", "K 3000\nS 451 later\nT\n",
	"deferred data 451 temporary", false, true, true, false, 0},
    {"421 in it", "K 3000\nS 421 bye\nT\n", "deferred data 421 temporary",
	false, false, true, false, 0},
    {"250 in it", "K 3000\nS 250 taken\nT\n", "deferred data - protocol", false,
	false, true, false, 0},
    {"reset in it", "K 3000\nR\n", "deferred data - temporary", false, false,
	true, false, 0},
    {"closed in it", "K 3000\n", "deferred data - temporary", false, false,
	true, false, 0},
    {"silence in it", "K 3000\nZ 600\nT\n", "deferred data - temporary", false,
	false, true, false, 200},
};

static void
make_large(struct buf *message)
{
	char line[80];

	buf_init(message, LARGE + 1024);
	buf_add_text(message, "From: me@example.org\r\n\r\n");
	memset(line, 'x', sizeof(line));
	memcpy(line + sizeof(line) - 2, "\r\n", 2);
	while (message->len < LARGE)
		buf_add(message, line, sizeof(line));
}

static void
given_message(struct given *given, bool is_large)
{
	struct buf message = {0};

	if (is_large)
		make_large(&message);
	given_init(
	    given, is_large ? buf_span(&message) : SPAN(GIVEN_MESSAGE), "a@x");
	buf_free(&message);
}

static void
wait_for_words(int fd)
{
	struct pollfd ready = {fd, POLLIN, 0};

	assert_int_equal(poll(&ready, 1, 8000), 1);
}

static void
test_content(void **state)
{
	const struct content_row *row = *state;
	struct outcome ending = {0};
	struct session session;
	struct given given;
	struct peer peer;
	int fd;

	given_message(&given, row->is_large);
	if (row->timeout != 0)
		given.profile.timeout = row->timeout;
	peer_start(&peer, row->script);
	fd = peer_connect(&peer);
	given_session(&given, &session, stream_new(fd), 0);
	if (row->wait)
		wait_for_words(fd);
	assert_int_equal(
	    content_send(&session, &given.letter, row->with_quit, &ending),
	    row->goes_on);
	assert_outcome(&ending, row->told);
	/* QUIT is sent only if the session is still of use. */
	assert_int_equal(session.is_broken, !row->goes_on);
	session_close(&session, row->with_quit);
	peer_end(&peer);
	outcome_free(&ending);
	given_free(&given);
}

/* The octets do not depend on how the replies are cut. */
static void
test_cut(void **state)
{
	(void)state;
	for (size_t cut = 1; cut < 20; cut++) {
		struct outcome ending = {0};
		struct session session;
		struct given given;
		struct buf output = {0};

		given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
		given_session(&given, &session,
		    stream_new_memory(SPAN("250-a\r\n250 2.6.0 b\r\n"
					   "221 bye\r\n"),
			cut, &output),
		    0);
		assert_true(
		    content_send(&session, &given.letter, true, &ending));
		assert_outcome(&ending, "relayed data 250");
		assert_int_equal(ending.reply.status.subject, 6);
		assert_string_equal(buf_text(&output),
		    "From: me@example.org\r\nSubject: s\r\n\r\n..dot\r\n"
		    "last\r\n.\r\nQUIT\r\n");
		session_close(&session, true);
		buf_free(&output);
		outcome_free(&ending);
		given_free(&given);
	}
}

struct short_row {
	const char *name;
	size_t room; /* octets that the connection takes */
	const char *input, *told;
};

/* The end cannot have arrived: nothing is in doubt. */
static const struct short_row shorts[] = {
    {"no octet goes out", 1, "", "deferred data - temporary"},
    {"no octet goes out, and why", 1, "552 large\r\n",
	"failed data 552 refused"},
    {"no octet goes out, and a lie", 1, "250 taken\r\n",
	"deferred data - protocol"},
};

static void
test_short(void **state)
{
	const struct short_row *row = *state;
	struct outcome ending = {0};
	struct session session;
	struct given given;
	struct buf output;

	buf_init(&output, row->room);
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	given_session(&given, &session,
	    stream_new_memory(span_from(row->input), 0, &output), 0);
	assert_false(content_send(&session, &given.letter, true, &ending));
	assert_outcome(&ending, row->told);
	assert_int_equal(output.len, 0);
	assert_true(session.is_broken);
	session_close(&session, true);
	outcome_free(&ending);
	given_free(&given);
	buf_free(&output);
}

/* The file shrinks while it is sent: no dot, and nothing in doubt. */
static void
test_changed(void **state)
{
	struct outcome ending = {0};
	struct session session;
	struct given given;
	struct peer peer;

	(void)state;
	given_message(&given, true);
	assert_int_equal(ftruncate(given.source, (off_t)LARGE / 2), 0);
	peer_start(&peer, "T\n");
	given_session(&given, &session, stream_new(peer_connect(&peer)), 0);
	assert_false(content_send(&session, &given.letter, true, &ending));
	assert_outcome(&ending, "deferred data - temporary");
	assert_non_null(
	    strstr(buf_text(&ending.reply.text), "message changed"));
	session_close(&session, true);
	peer_end(&peer);
	outcome_free(&ending);
	given_free(&given);
}

struct keeper {
	const struct server *server;
	size_t asked;
	bool allows;
};

static bool
keep(void *context, const struct server *server)
{
	struct keeper *keeper = context;

	keeper->server = server;
	keeper->asked++;
	return keeper->allows;
}

/* Without the journal's consent the content has no end, and is not in doubt. */
static void
give_journal(bool allows, const char *script, const char *told)
{
	struct keeper keeper = {.allows = allows};
	struct journal journal = {.before_end = keep, .context = &keeper};
	struct outcome ending = {0};
	struct session session;
	struct given given;
	struct peer peer;

	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	given.letter.journal = &journal;
	peer_start(&peer, script);
	given_session(&given, &session, stream_new(peer_connect(&peer)), 0);
	assert_int_equal(
	    content_send(&session, &given.letter, false, &ending), allows);
	assert_outcome(&ending, told);
	assert_int_equal(keeper.asked, 1);
	assert_ptr_equal(keeper.server, &given.server);
	if (!allows)
		assert_string_equal(buf_text(&ending.reply.text),
		    "not sent: its record could not be written");
	session_close(&session, false);
	peer_end(&peer);
	outcome_free(&ending);
	given_free(&given);
}

static void
test_journal(void **state)
{
	(void)state;
	give_journal(true, DOT "S 250 taken\nC QUIT\n", "relayed data 250");
	give_journal(false, "T\n", "deferred data - temporary");
}

struct seen {
	struct buf text;
	size_t content;
};

static void
see(void *context, enum observed what, struct span text)
{
	struct seen *seen = context;

	if (what == OBSERVED_CONTENT) {
		seen->content += text.len;
		return;
	}
	buf_add_char(&seen->text, "CRcN"[what]);
	buf_add_span(&seen->text, text);
	buf_add_char(&seen->text, '|');
}

static void
test_observed(void **state)
{
	struct seen seen = {0};
	struct observer observer = {.see = see, .context = &seen};
	struct outcome ending = {0};
	struct session session;
	struct given given;
	struct buf output = {0};

	(void)state;
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	given_session(&given, &session,
	    stream_new_memory(SPAN("250 a\r\n221 b\r\n"), 1, &output), 0);
	session.dialogue.observer = &observer;
	assert_true(content_send(&session, &given.letter, true, &ending));
	session_close(&session, true);
	assert_string_equal(buf_text(&seen.text), "C.|CQUIT|R250 a|R221 b|");
	/* One more: the dot that was stuffed. */
	assert_int_equal(seen.content, given.letter.size + 1);
	buf_free(&seen.text);
	buf_free(&output);
	outcome_free(&ending);
	given_free(&given);
}

struct signal_row {
	const char *name;
	bool is_large, is_early; /* before the first octet */
	const char *script;
	const char *told;
};

static const struct signal_row signals[] = {
    {"before a short content", false, true, "T\n", "deferred data - temporary"},
    {"before a long content", true, true, "T\n", "deferred data - temporary"},
    {"in a long content", true, false, "K 3000\nI\nT\n",
	"deferred data - temporary"},
    {"behind the dot: the answer is awaited", false, false,
	DOT "I\nZ 50\nS 250 taken\n" BYE, "relayed data 250"},
    {"behind the dot, and refused", false, false,
	DOT "I\nZ 50\nS 554 spam\n" BYE, "failed data 554 refused"},
    {"behind the dot, and no answer", false, false, DOT "I\nZ 50\n",
	"unknown data - temporary"},
    {"between two lines of the answer", false, false,
	DOT "S 250-a\nZ 50\nI\nZ 50\nS 250 b\n" BYE, "relayed data 250"},
};

static void
test_signal(void **state)
{
	const struct signal_row *row = *state;
	struct outcome ending = {0};
	struct session session;
	struct given given;
	struct peer peer;

	given_message(&given, row->is_large);
	peer_start(&peer, row->script);
	given_session(&given, &session, stream_new(peer_connect(&peer)), 0);
	signals_catch();
	if (row->is_early)
		raise(SIGTERM); /* blocked until the first wait */
	content_send(&session, &given.letter, false, &ending);
	signals_defer();
	assert_outcome(&ending, row->told);
	session_close(&session, false);
	peer_end(&peer);
	outcome_free(&ending);
	given_free(&given);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "content", contents, ROWS(contents), test_content);
	rows_add_one(&all, "replies cut anywhere", test_cut);
	rows_add(&all, "short", shorts, ROWS(shorts), test_short);
	rows_add_one(&all, "the message changed", test_changed);
	rows_add_one(&all, "the journal is asked before the end", test_journal);
	rows_add_one(&all, "what is observed", test_observed);
	rows_add(&all, "signal", signals, ROWS(signals), test_signal);
	return rows_end(&all);
}
