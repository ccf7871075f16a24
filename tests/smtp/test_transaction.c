#include "rows.h"

#include "smtp/given.h"
#include "smtp/peer.h"
#include "smtp/transactions.h"

/* Like a submission: runs transactions while a recipient is open. */
static void
deliver(struct given *given, struct session *session, struct buf *endings)
{
	bool goes_on = true, quit_said = false;
	size_t rounds = 0;

	while (goes_on && envelope_has_open(&given->envelope)) {
		struct transaction transaction;

		assert_true(rounds++ < 10);
		goes_on = transaction_run(
		    session, &given->envelope, &given->letter, &transaction);
		quit_said = transaction.quit_said;
		if (endings->len > 0)
			buf_add_text(endings, ", ");
		given_tell_ending(endings, &transaction.ending);
		transaction_free(&transaction);
		for (size_t i = 0; i < given->envelope.count; i++)
			assert_false(given->envelope.recipients[i].accepted);
	}
	session_close(session, quit_said);
}

static void
test_transaction(void **state)
{
	const struct transaction_row *row = *state;
	struct session session;
	struct buf endings = {0};
	struct given given;
	struct peer peer;

	given_init(&given,
	    span_from(row->message ? row->message : GIVEN_MESSAGE),
	    row->recipients);
	given.profile.partial = row->partial;
	given.profile.pipelining = row->pipelining;
	if (row->is_null) {
		free(given.envelope.reverse_path);
		given.envelope.reverse_path = mem_copy_text("");
	}
	peer_start(&peer, row->script);
	given_session(
	    &given, &session, stream_new(peer_connect(&peer)), row->offered);
	session.extensions.size_limit = row->size_limit;
	session.is_loopback = row->is_loopback;
	deliver(&given, &session, &endings);
	peer_end(&peer);
	assert_told(&given.envelope, row->told);
	assert_string_equal(buf_text(&endings), row->endings);
	assert_int_equal(session.recipient_limit, row->recipient_limit);
	buf_free(&endings);
	given_free(&given);
}

/* The reply to RCPT stays for the report, whatever follows. */
static void
test_rcpt_replies(void **state)
{
	struct session session;
	struct buf endings = {0};
	struct given given;
	struct peer peer;
	struct recipient *recipients;

	(void)state;
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x b@x c@x");
	peer_start(&peer,
	    MAIL "S 250 ok\nC RCPT TO:<a@x>\nS 251 2.1.5 forwarded\n"
		 "C RCPT TO:<b@x>\nS 550 5.1.1 no\nC RCPT TO:<c@x>\n");
	given_session(&given, &session, stream_new(peer_connect(&peer)), 0);
	deliver(&given, &session, &endings);
	peer_end(&peer);
	recipients = given.envelope.recipients;
	assert_int_equal(recipients[0].rcpt_reply.code, 251);
	assert_int_equal(recipients[0].rcpt_reply.status.detail, 5);
	assert_string_equal(
	    buf_text(&recipients[0].rcpt_reply.text), "forwarded");
	assert_int_equal(recipients[1].rcpt_reply.code, 550);
	assert_int_equal(recipients[2].rcpt_reply.code, 0);
	buf_free(&endings);
	given_free(&given);
}

/*
 * RFC 2920: many recipients go in groups that fit the buffers on the way, the
 * parameters of RCPT counted too.
 */
static void
give_groups(unsigned offered, unsigned notify)
{
	struct session session;
	struct buf endings = {0}, recipients;
	struct given given;
	struct peer peer;

	buf_init(&recipients, 1 << 20);
	for (unsigned i = 0; i < 900; i++)
		buf_add_format(&recipients,
		    "a-rather-long-local-part-%u@mail.example.org ", i);
	given_init(&given, SPAN(GIVEN_MESSAGE), buf_text(&recipients));
	buf_free(&recipients);
	for (size_t i = 0; i < given.envelope.count; i++)
		given.envelope.recipients[i].dsn.notify = notify;
	peer_start(&peer, "G\nM\nC QUIT\nS 250 taken\\n221 bye\n");
	given_session(&given, &session, stream_new(peer_connect(&peer)),
	    EXTENSION_PIPELINING | offered);
	deliver(&given, &session, &endings);
	peer_end(&peer);
	assert_string_equal(buf_text(&endings), "relayed data 250");
	for (size_t i = 0; i < given.envelope.count; i++)
		assert_outcome(
		    &given.envelope.recipients[i].outcome, "relayed data 250");
	buf_free(&endings);
	given_free(&given);
}

static void
test_groups(void **state)
{
	(void)state;
	give_groups(0, 0);
}

static void
test_groups_dsn(void **state)
{
	(void)state;
	give_groups(EXTENSION_DSN, DSN_SUCCESS | DSN_FAILURE | DSN_DELAY);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "transaction", transactions, ROWS(transactions),
	    test_transaction);
	rows_add_one(&all, "replies to RCPT are kept", test_rcpt_replies);
	rows_add_one(&all, "900 recipients in groups", test_groups);
	rows_add_one(&all, "900 recipients with DSN", test_groups_dsn);
	return rows_end(&all);
}
