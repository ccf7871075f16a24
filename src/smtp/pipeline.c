/*
 * Sends MAIL, RCPT and DATA or BDAT, and matches the replies. The steps of a
 * transaction are numbered and two cursors run over them, one for the commands
 * sent and one for the replies taken; only the window between them depends on
 * PIPELINING.
 */
#include "smtp/pipeline.h"

#include "message/replay.h"
#include "smtp/content.h"
#include "smtp/login.h"

/*
 * How many octets of RCPT commands may be under way at once. Their replies fit
 * into the buffers of the connection, even if the server reads no further
 * command before it has sent them all (RFC 2920 section 3.1).
 */
#define WINDOW_OCTETS ((size_t)16 * 1024)
/*
 * Some servers drop commands that arrive together with the end of a content. If
 * the reply to such a MAIL does not come within so many milliseconds after that
 * to the content, MAIL can be sent again in another session, because nothing of
 * its letter was sent. Replies that follow a refused MAIL are as quick.
 */
#define AHEAD_TIMEOUT ((int64_t)10000)
/* This many recipients put off in a row show that the server has a limit. */
#define PUT_OFF_MAX ((size_t)8)
/* Room for "BDAT 12345 LAST" and "QUIT", both with CRLF. */
#define FRAME ((size_t)64)
#define QUIT_OCTETS (sizeof("QUIT\r\n") - 1)

/* Content by BDAT (RFC 3030 section 2): one chunk, and QUIT after it. */

static bool
gather_chunk(void *context, const char *data, size_t len)
{
	return buf_add(context, data, len);
}

bool
pipeline_prepare_chunk(struct pipeline *pipeline)
{
	struct message_sink sink = {gather_chunk, &pipeline->chunk};
	const struct letter *letter = &pipeline->letter;

	/* Results are recorded in between only if a 354 confirms them. */
	if (!session_is_chunked(pipeline->session) ||
	    pipeline->session->is_shared ||
	    (letter->journal != NULL &&
		(pipeline->has_left ||
		    pipeline->session->unconfirmed_count > 0)) ||
	    letter->size + FRAME > STREAM_ROOM)
		return true;
	pipeline->chunk.max = (size_t)letter->size;
	pipeline->is_chunked = replay_message(letter->message, letter->plan,
				   REPLAY_PLAIN, &sink) == REPLAY_DONE;
	if (pipeline->is_chunked)
		return letter_may_end(
		    letter, pipeline->session, STAGE_CONTENT, pipeline->ending);
	letter_set_changed(letter, pipeline->ending);
	return false;
}

/* Whether the chunk may be sent before the replies to RCPT have come. */
static bool
chunk_fits(const struct pipeline *pipeline)
{
	const struct session *session = pipeline->session;
	bool needs_replies = session_is_all_or_nothing(session) &&
	    (pipeline->count > 1 || pipeline->has_left);

	/* In LMTP the replies to RCPT say how many follow the content. */
	return !session->is_lmtp && !needs_replies &&
	    stream_unsent(session->dialogue.stream) + pipeline->chunk.len +
		FRAME <=
	    STREAM_ROOM;
}

static void
say_chunk(struct pipeline *pipeline)
{
	struct dialogue *dialogue = &pipeline->session->dialogue;

	dialogue_say(dialogue, "BDAT %zu LAST", pipeline->chunk.len);
	content_set_memory_status(&pipeline->letter);
	pipeline->is_chunk_said =
	    dialogue_say_content(dialogue, buf_span(&pipeline->chunk));
	if (!pipeline->is_chunk_said || pipeline->has_left)
		return;
	dialogue_say(dialogue, "QUIT");
	pipeline->is_quit_said = true;
}

/* Whether the server can have seen the end of the chunk. */
static bool
is_chunk_written(const struct pipeline *pipeline)
{
	size_t behind = pipeline->is_quit_said ? QUIT_OCTETS : 0;

	return pipeline->is_chunk_said &&
	    stream_unsent(pipeline->session->dialogue.stream) <= behind;
}

/* Whether the server may have accepted the chunk for some recipient. */
static bool
may_be_taken(const struct pipeline *pipeline)
{
	return (!pipeline->mail_refused || pipeline->is_contradicted) &&
	    is_chunk_written(pipeline) &&
	    (pipeline->accepted > 0 || pipeline->heard < pipeline->count);
}

/*
 * After 421 the server should close the connection. False: it stays open, and
 * the reply to a chunk that it may have taken cannot be told from other
 * replies.
 */
static bool
await_close_after_421(struct pipeline *pipeline)
{
	return !may_be_taken(pipeline) ||
	    dialogue_hear_end(&pipeline->session->dialogue) == DIALOGUE_CLOSED;
}

/* The session is lost: every recipient that was not refused is in doubt. */
static void
lose_chunk(struct pipeline *pipeline)
{
	if (!pipeline->is_chunked || !pipeline->data_asked ||
	    pipeline->data_reply.code != 0)
		return;
	/* A command could be taken for the rest of the content. */
	pipeline->session->is_broken = true;
	if (!may_be_taken(pipeline))
		return;
	pipeline->ending->action = ACTION_DELAYED;
	pipeline->ending->stage = STAGE_CONTENT;
	pipeline->ending->in_doubt = true;
	for (size_t i = pipeline->heard; i < pipeline->count; i++)
		pipeline->recipients[i]->accepted = true;
}

/* Whether BDAT is unknown although CHUNKING was offered; RFC 5321, 4.2.4. */
static bool
is_unknown_command(const struct reply *reply)
{
	return reply->code >= 500 && reply->code <= 504;
}

bool
pipeline_end_chunk(struct pipeline *pipeline)
{
	struct session *session = pipeline->session;

	if (is_unknown_command(&pipeline->data_reply)) {
		/* The server may read the content as commands. */
		session->is_chunk_refused = true;
		observer_note(session->dialogue.observer,
		    "the server offers CHUNKING but refuses BDAT: sending "
		    "with DATA in a new session");
		return false;
	}
	outcome_from_reply(
	    pipeline->ending, STAGE_CONTENT, &pipeline->data_reply);
	if (session->is_lmtp)
		return content_hear_each(session, pipeline->recipients,
		    pipeline->count, pipeline->ending);
	return !session->dialogue.is_over;
}

void
pipeline_check_missing(struct pipeline *pipeline)
{
	if (!pipeline->ending->in_doubt || pipeline->ending->reply.code != 221)
		return;
	for (size_t i = 0; i < pipeline->count; i++) {
		outcome_free(&pipeline->recipients[i]->outcome);
		pipeline->recipients[i]->accepted = true;
	}
}

/* The steps: MAIL is 0, RCPT for recipient i is i + 1, then DATA or BDAT. */
enum { STEP_MAIL = 0 };

static size_t
step_data(const struct pipeline *pipeline)
{
	return pipeline->count + 1;
}

/* RCPT is the last step if there is no message (-bv). */
static size_t
last_step(const struct pipeline *pipeline)
{
	return pipeline->letter.message != NULL ? step_data(pipeline)
						: pipeline->count;
}

static enum stage
stage_of(const struct pipeline *pipeline, size_t step)
{
	if (step == STEP_MAIL)
		return STAGE_MAIL;
	if (step != step_data(pipeline))
		return STAGE_RCPT;
	return pipeline->is_chunked ? STAGE_CONTENT : STAGE_DATA;
}

static size_t
octets_of(const struct pipeline *pipeline, size_t step)
{
	if (step == STEP_MAIL || step == step_data(pipeline))
		return 0;
	return extensions_rcpt_octets(
	    &pipeline->session->extensions, pipeline->recipients[step - 1]);
}

/*
 * The pipelining window: whether the command of this step may be sent while
 * `under_way` others have no reply yet. Without PIPELINING the window is one
 * command.
 */
static bool
window_is_open(const struct pipeline *pipeline, size_t step, size_t under_way)
{
	const struct session *session = pipeline->session;

	if (under_way == 0)
		return true;
	if (!session_is_pipelined(session))
		return false;
	if (step == step_data(pipeline) && pipeline->is_chunked)
		return chunk_fits(pipeline);
	if (step == step_data(pipeline) && session_is_all_or_nothing(session))
		return false;
	return pipeline->octets_under_way + octets_of(pipeline, step) <=
	    WINDOW_OCTETS;
}

static void
say_mail(struct pipeline *pipeline)
{
	const struct letter *letter = &pipeline->letter;
	struct session *session = pipeline->session;
	struct mail_request request = {.envelope = pipeline->envelope,
	    .size = letter->size,
	    .is_utf8 = letter->is_utf8};
	struct buf line = {0};

	if (letter->message != NULL)
		request.has_eight_bit =
		    plan_facts(letter->plan, letter->message)->has_eight_bit;
	session->dialogue.is_utf8 = letter->is_utf8;
	session->mails++;
	extensions_add_mail(&session->extensions, &request, &line);
	dialogue_say(&session->dialogue, "%s", buf_text(&line));
	buf_free(&line);
}

static void
say_rcpt(struct session *session, const struct recipient *recipient)
{
	struct buf line = {0};

	extensions_add_rcpt(&session->extensions, recipient, &line);
	dialogue_say(&session->dialogue, "%s", buf_text(&line));
	buf_free(&line);
}

static void
say(struct pipeline *pipeline, size_t step)
{
	struct session *session = pipeline->session;

	pipeline->octets_under_way += octets_of(pipeline, step);
	if (step == STEP_MAIL) {
		say_mail(pipeline);
	} else if (step < step_data(pipeline)) {
		say_rcpt(session, pipeline->recipients[step - 1]);
	} else {
		pipeline->data_asked = true;
		if (pipeline->is_chunked)
			say_chunk(pipeline);
		else
			dialogue_say(&session->dialogue, "DATA");
	}
}

/*
 * Reads one reply. A signal does not stop that once the chunk is written, or
 * while the reply confirms those to another letter.
 */
static bool
hear(struct pipeline *pipeline, enum stage stage, struct reply *reply,
    struct outcome *trouble)
{
	struct session *session = pipeline->session;
	int64_t timeout = session->dialogue.timeout;
	bool heard;

	if (pipeline->is_said_ahead &&
	    (pipeline->answered == 0 || pipeline->mail_refused) &&
	    (timeout == 0 || timeout > AHEAD_TIMEOUT))
		session->dialogue.timeout = AHEAD_TIMEOUT;
	heard = dialogue_hear(&session->dialogue, stage, reply, trouble);
	session->dialogue.timeout = timeout;
	return heard ||
	    ((is_chunk_written(pipeline) ||
		 (pipeline->is_said_ahead && session->unconfirmed_count > 0)) &&
		content_hear_after_signal(session, stage, reply, trouble));
}

/* Whether the reply cannot answer the command of this step. */
static bool
is_misplaced(
    const struct pipeline *pipeline, size_t step, const struct reply *reply)
{
	if (step != step_data(pipeline))
		return reply_is_misplaced(reply);
	if (pipeline->is_chunked)
		return content_reply_is_misplaced(reply);
	return reply_is_positive(reply);
}

static void
take_mail_reply(struct pipeline *pipeline, const struct reply *reply)
{
	pipeline->mail_answered = reply->code != 421;
	if (reply_is_positive(reply))
		return;
	pipeline->mail_refused = true;
	pipeline->is_lost = true;
	outcome_from_reply(pipeline->ending, STAGE_MAIL, reply);
	login_add_hint(pipeline->session, pipeline->ending);
	/* RFC 3207 section 4: STARTTLS was missed, perhaps on the way here. */
	if (pipeline->session->verdict != NULL && reply->code == 530 &&
	    !session_is_encrypted(pipeline->session)) {
		pipeline->ending->action = ACTION_DELAYED;
		pipeline->ending->cause = CAUSE_TEMPORARY;
	}
}

/*
 * RFC 5321 section 4.5.3.1.10: after an accepted recipient 452, and 552 like
 * it, can mean that the server accepts no more in one transaction.
 */
static bool
is_put_off(const struct pipeline *pipeline, const struct reply *reply)
{
	return (reply->code == 452 || reply->code == 552) &&
	    pipeline->accepted > 0 &&
	    !session_is_all_or_nothing(pipeline->session);
}

static void
take_rcpt_reply(struct pipeline *pipeline, struct recipient *recipient,
    const struct reply *reply)
{
	/* After a refused MAIL, a refused RCPT only repeats that refusal. */
	if (pipeline->mail_refused)
		return;
	pipeline->heard++;
	reply_copy(&recipient->rcpt_reply, reply);
	if (reply_is_positive(reply)) {
		recipient->accepted = true;
		pipeline->accepted++;
		pipeline->put_off_in_row = 0;
	} else if (is_put_off(pipeline, reply)) {
		pipeline->put_off++;
		pipeline->put_off_in_row++;
	} else {
		outcome_from_reply(&recipient->outcome, STAGE_RCPT, reply);
		login_add_hint(pipeline->session, &recipient->outcome);
		pipeline->refused++;
		if (reply_is_transient(reply))
			pipeline->refused_for_now++;
	}
}

/* Only DATA is answered by 3yz, which proves that replies match commands. */
static void
take_data_reply(struct pipeline *pipeline, const struct reply *reply)
{
	reply_copy(&pipeline->data_reply, reply);
	if (reply_is_intermediate(reply) && !pipeline->is_out_of_order)
		session_confirm(pipeline->session);
}

/*
 * One recipient put off may have a full mailbox; many in a row show a limit.
 * Then the recipients without a RCPT yet are left for the next transaction, and
 * all later transactions of the session keep to that limit.
 */
static void
keep_to_limit(struct pipeline *pipeline, size_t said)
{
	if (pipeline->put_off_in_row < PUT_OFF_MAX)
		return;
	pipeline->session->recipient_limit = pipeline->accepted;
	if (pipeline->data_asked || said > pipeline->count)
		return;
	pipeline->has_left = true;
	pipeline->count = said - 1;
}

/*
 * A flight with the end of another content: a server that keeps the order
 * accepts nothing after it has refused MAIL, and does not miss MAIL after it
 * has accepted it.
 */
static bool
shows_other_order(
    const struct pipeline *pipeline, size_t step, const struct reply *reply)
{
	if (!pipeline->is_said_ahead || step == STEP_MAIL)
		return false;
	if (pipeline->mail_refused)
		return reply->code < 400;
	return step < step_data(pipeline) && reply->code == 503;
}

/* False: the session ends here, and the ending says why. */
static bool
take_reply(struct pipeline *pipeline, size_t step, const struct reply *reply)
{
	enum stage stage = stage_of(pipeline, step);

	pipeline->octets_under_way -= octets_of(pipeline, step);
	if (is_misplaced(pipeline, step, reply)) {
		pipeline->session->is_broken = true;
		pipeline->session->is_out_of_step = true;
		if (pipeline->mail_refused && !pipeline->is_contradicted)
			return false;
		outcome_from_reply(pipeline->ending, stage, reply);
		pipeline->ending->action = ACTION_DELAYED;
		pipeline->ending->cause = CAUSE_PROTOCOL;
		return false;
	}
	pipeline->is_dismissed = reply->code == 421;
	if (reply->code == 421 && !await_close_after_421(pipeline)) {
		outcome_from_reply(pipeline->ending, STAGE_CONTENT, reply);
		/* The report shows what the recipient was told. */
		if (stage == STAGE_RCPT)
			reply_copy(
			    &pipeline->recipients[step - 1]->rcpt_reply, reply);
		return false;
	}
	if (pipeline->is_chunk_said && pipeline->mail_refused &&
	    reply_is_positive(reply))
		pipeline->is_contradicted = true;
	if (shows_other_order(pipeline, step, reply))
		pipeline->is_out_of_order = true;
	if (step == STEP_MAIL)
		take_mail_reply(pipeline, reply);
	else if (step == step_data(pipeline))
		take_data_reply(pipeline, reply);
	else
		take_rcpt_reply(
		    pipeline, pipeline->recipients[step - 1], reply);
	/*
	 * A 421 to one RCPT does not settle the other recipients: the server
	 * may already have their content.
	 */
	if (reply->code != 421 ||
	    (step < step_data(pipeline) && may_be_taken(pipeline)))
		return true;
	/* The server ends the session before it has the content. */
	if (!pipeline->mail_refused)
		outcome_from_reply(pipeline->ending, stage, reply);
	return false;
}

/* Without PIPELINING, DATA is not sent if no recipient would get the mail. */
static void
stop_if_pointless(struct pipeline *pipeline, size_t answered)
{
	if (answered != step_data(pipeline) || pipeline->data_asked)
		return;
	if (pipeline->accepted == 0 ||
	    (session_is_all_or_nothing(pipeline->session) &&
		pipeline->refused > 0))
		pipeline->is_lost = true;
}

void
pipeline_say_ahead(struct pipeline *pipeline)
{
	pipeline->is_said_ahead = true;
	do {
		say(pipeline, pipeline->said++);
	} while (pipeline->said <= last_step(pipeline) &&
	    window_is_open(pipeline, pipeline->said, pipeline->said));
}

bool
pipeline_run(struct pipeline *pipeline)
{
	size_t last = last_step(pipeline);
	struct outcome trouble = {0};
	struct reply reply = {0};
	bool goes_on = true;

	while (goes_on && pipeline->answered <= last) {
		while (pipeline->said <= last &&
		    window_is_open(pipeline, pipeline->said,
			pipeline->said - pipeline->answered))
			say(pipeline, pipeline->said++);
		goes_on = hear(pipeline, stage_of(pipeline, pipeline->answered),
		    &reply, &trouble);
		if (goes_on) {
			goes_on =
			    take_reply(pipeline, pipeline->answered++, &reply);
			keep_to_limit(pipeline, pipeline->said);
			stop_if_pointless(pipeline, pipeline->answered);
		} else if (!pipeline->mail_refused) {
			outcome_copy(pipeline->ending, &trouble);
		}
		/* If it is lost, only the replies still due are read. */
		last = pipeline->is_lost ? pipeline->said - 1
					 : last_step(pipeline);
	}
	reply_free(&reply);
	outcome_free(&trouble);
	if (!goes_on)
		lose_chunk(pipeline);
	return goes_on;
}

void
pipeline_free(struct pipeline *pipeline)
{
	buf_free(&pipeline->chunk);
	reply_free(&pipeline->data_reply);
}
