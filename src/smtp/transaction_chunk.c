/*
 * The content in the flight of its commands: as one BDAT with LAST (RFC 3030
 * section 2), QUIT behind it. Whether it is in doubt then is not known by the
 * reply to the content alone: what MAIL or RCPT were refused with settles it.
 */
#include "base/wait.h"
#include "message/replay.h"
#include "smtp/content.h"
#include "smtp/transaction_parts.h"

/* "BDAT 12345 LAST" and "QUIT" with their CRLF, and room to spare */
#define FRAME ((size_t)64)
#define QUIT_OCTETS (sizeof("QUIT\r\n") - 1)

static bool
gather(void *context, const char *data, size_t len)
{
	return buf_add(context, data, len);
}

bool
transaction_prepare_chunk(struct transaction *tx)
{
	struct message_sink sink = {gather, &tx->chunk};
	const struct letter *letter = tx->letter;

	if (!session_is_chunked(tx->session) ||
	    letter->size + FRAME > STREAM_ROOM)
		return true;
	tx->chunk.max = (size_t)letter->size;
	tx->is_chunked = replay_message(letter->message, letter->plan,
			     REPLAY_PLAIN, &sink) == REPLAY_DONE;
	if (tx->is_chunked)
		return true;
	outcome_set_own(tx->ending, STAGE_CONTENT, CAUSE_TEMPORARY,
	    "the message changed while it was being sent");
	return false;
}

bool
transaction_chunk_fits(const struct transaction *tx)
{
	/* In LMTP the replies to RCPT say how many follow the content. */
	bool stands_alone = tx->session->is_lmtp ||
	    (transaction_is_all_or_nothing(tx) && tx->count + tx->left > 1);

	return !stands_alone &&
	    stream_unsent(tx->session->dialogue.stream) + tx->chunk.len +
		FRAME <=
	    STREAM_ROOM;
}

void
transaction_say_chunk(struct transaction *tx)
{
	struct dialogue *dialogue = &tx->session->dialogue;

	dialogue_say(dialogue, "BDAT %zu LAST", tx->chunk.len);
	content_enter_doubt(tx->letter);
	tx->is_chunk_said =
	    dialogue_say_content(dialogue, buf_span(&tx->chunk));
	if (!tx->is_chunk_said || tx->left > 0)
		return;
	dialogue_say(dialogue, "QUIT");
	tx->is_quit_said = true;
}

/* Whether the server can have seen the end of the content. */
static bool
is_written(const struct transaction *tx)
{
	size_t behind = tx->is_quit_said ? QUIT_OCTETS : 0;

	return tx->is_chunk_said &&
	    stream_unsent(tx->session->dialogue.stream) <= behind;
}

bool
transaction_hear(struct transaction *tx, enum stage stage, struct reply *reply,
    struct outcome *trouble)
{
	struct session *session = tx->session;

	return dialogue_hear(&session->dialogue, stage, reply, trouble) ||
	    (is_written(tx) && content_hear_on(session, stage, reply, trouble));
}

bool
transaction_has_doubtful(const struct transaction *tx)
{
	return (!tx->mail_refused || tx->is_contradicted) && is_written(tx) &&
	    (tx->accepted > 0 || tx->heard < tx->count);
}

bool
transaction_goes_on_after_421(struct transaction *tx)
{
	return transaction_has_doubtful(tx) &&
	    dialogue_hear_end(&tx->session->dialogue) != DIALOGUE_CLOSED;
}

void
transaction_lose_chunk(struct transaction *tx)
{
	if (!tx->is_chunked || !tx->data_asked || tx->data_reply.code != 0)
		return;
	/* Anything more could be taken for the rest of the content. */
	tx->session->is_broken = true;
	if (!transaction_has_doubtful(tx))
		return;
	tx->ending->action = ACTION_DELAYED;
	tx->ending->stage = STAGE_CONTENT;
	tx->ending->in_doubt = true;
	for (size_t i = tx->heard; i < tx->count; i++)
		tx->recipients[i]->accepted = true;
}

/* RFC 5321 section 4.2.4: the command is not known, whatever EHLO said. */
static bool
is_not_known(const struct reply *reply)
{
	return reply->code >= 500 && reply->code <= 504;
}

bool
transaction_end_chunk(struct transaction *tx)
{
	struct session *session = tx->session;

	if (is_not_known(&tx->data_reply)) {
		/* Who does not know it may take the content for commands. */
		session->is_chunk_refused = true;
		dialogue_note(session->dialogue.observer,
		    "BDAT is offered and refused: another session, with DATA");
		return false;
	}
	outcome_from_reply(tx->ending, STAGE_CONTENT, &tx->data_reply);
	if (session->is_lmtp)
		return content_hear_each(
		    session, tx->recipients, tx->count, tx->ending);
	return !session->dialogue.is_over;
}

/*
 * 221 is the reply to QUIT: one reply is missing, and it may be that to any
 * command of the flight.
 */
void
transaction_check_missing(struct transaction *tx)
{
	if (!tx->ending->in_doubt || tx->ending->reply.code != 221)
		return;
	for (size_t i = 0; i < tx->count; i++) {
		outcome_free(&tx->recipients[i]->outcome);
		tx->recipients[i]->accepted = true;
	}
}
