/*
 * Sends the content and reads the reply to it. Once the final dot may have
 * arrived, only that reply settles the recipients: without it they are in
 * doubt.
 */
#include "smtp/content.h"

#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"
#include "message/replay.h"

struct sending {
	struct session *session;
	struct stream *stream; /* borrowed */
	const struct letter *letter;
	bool is_forbidden; /* the journal refused; the ending says so */
};

/* How long to wait for replies after a signal: milliseconds. */
#define CONTENT_GRACE ((int64_t)30000)
/* RFC 5321 section 4.5.3.2.5: three minutes for each block. */
#define BLOCK_TIMEOUT ((int64_t)3 * 60 * 1000)

static int64_t
block_deadline(const struct dialogue *dialogue)
{
	int64_t timeout = dialogue->timeout ? dialogue->timeout : BLOCK_TIMEOUT;

	return deadline_earlier(deadline_in(timeout), dialogue->deadline);
}

static bool
send_block(void *context, const char *data, size_t len)
{
	struct sending *sending = context;
	struct dialogue *dialogue = &sending->session->dialogue;

	observer_show(
	    dialogue->observer, OBSERVED_CONTENT, (struct span){data, len});
	if (!stream_write(sending->stream, data, len, block_deadline(dialogue)))
		return false;
	/* A server that replies before the end will not accept the rest. */
	return stream_input(sending->stream).len == 0;
}

/*
 * Reads the reply with which the server interrupted the content. A refusal
 * counts, so that a 552 is reported and not "broken pipe"; no recipient is in
 * doubt.
 */
static void
hear_early(struct session *session, struct outcome *ending)
{
	struct dialogue *dialogue = &session->dialogue;
	struct reply reply = {0};

	/* It is the reply to the content, not an unsolicited one. */
	dialogue->unanswered = 1;
	if (dialogue_hear(dialogue, STAGE_CONTENT, &reply, ending)) {
		outcome_from_reply(ending, STAGE_CONTENT, &reply);
		if (ending->action == ACTION_RELAYED ||
		    ending->cause == CAUSE_PROTOCOL) {
			outcome_set_own(ending, STAGE_CONTENT, CAUSE_PROTOCOL,
			    "the server replied %d before the end of the "
			    "content",
			    reply.code);
		}
	}
	reply_free(&reply);
}

/* Sets the ending of a message not sent whole. No dot must be sent. */
static bool
break_off(
    struct sending *sending, enum replay_result result, struct outcome *ending)
{
	struct session *session = sending->session;
	enum stream_state state = stream_state(sending->stream);

	session->is_broken = true;
	if (sending->is_forbidden)
		return false;
	if (result == REPLAY_CHANGED)
		letter_set_changed(sending->letter, ending);
	else if (state == STREAM_OPEN && stream_input(sending->stream).len == 0)
		outcome_set_own(ending, STAGE_CONTENT, CAUSE_TEMPORARY,
		    "interrupted by a signal");
	else if (state == STREAM_OPEN || state == STREAM_CLOSED ||
	    state == STREAM_BROKEN)
		hear_early(session, ending);
	else
		dialogue_describe(&session->dialogue, STAGE_CONTENT, ending);
	return false;
}

bool
content_hear_after_signal(struct session *session, enum stage stage,
    struct reply *reply, struct outcome *trouble)
{
	struct dialogue *dialogue = &session->dialogue;

	if (stream_state(dialogue->stream) != STREAM_INTERRUPTED)
		return false;
	stream_retry(dialogue->stream);
	dialogue->is_over = false;
	signals_defer();
	dialogue->deadline =
	    deadline_earlier(dialogue->deadline, deadline_in(CONTENT_GRACE));
	return dialogue_hear(dialogue, stage, reply, trouble);
}

bool
content_reply_is_misplaced(const struct reply *reply)
{
	return reply_is_intermediate(reply) || reply->code == 221;
}

/*
 * After 421 the server should close the connection (RFC 5321 section 3.8). If
 * it sends more instead, its replies can no longer be matched to commands. A
 * server that only stays silent counts too, unless no other reply is due. True:
 * it closed, or the reply is no 421.
 */
static bool
await_close_after_421(struct session *session, const struct reply *reply)
{
	bool is_lockstep = session->dialogue.unanswered == 0;

	if (reply->code != 421)
		return true;
	switch (dialogue_hear_end(&session->dialogue)) {
	case DIALOGUE_CLOSED:
		return true;
	case DIALOGUE_SILENT:
		return is_lockstep;
	case DIALOGUE_GOES_ON:
		break;
	}
	return false;
}

/*
 * The end of the content may have arrived. Without a valid reply the recipients
 * are in doubt (RFC 1047).
 */
static bool
hear_answer(struct session *session, struct outcome *ending)
{
	struct reply reply = {0};
	bool heard =
	    dialogue_hear(&session->dialogue, STAGE_CONTENT, &reply, ending) ||
	    content_hear_after_signal(session, STAGE_CONTENT, &reply, ending);

	if (heard)
		outcome_from_reply(ending, STAGE_CONTENT, &reply);
	if (!heard || content_reply_is_misplaced(&reply) ||
	    !await_close_after_421(session, &reply)) {
		ending->action = ACTION_DELAYED;
		ending->in_doubt = true;
		session->is_broken = true;
		heard = false;
	}
	reply_free(&reply);
	return heard;
}

/*
 * If the server has replied or closed before the content, reads the reply.
 * False: it has not.
 */
static bool
hear_if_spoken(struct session *session, struct outcome *ending)
{
	struct stream *stream = session->dialogue.stream;

	if (!stream_peek(stream))
		return false;
	session->is_broken = true;
	hear_early(session, ending);
	return true;
}

/* Whether a signal came. Writes notice one only if they have to wait. */
static bool
is_interrupted(void)
{
	return wait_for(NULL, 0, 0) == WAIT_INTERRUPTED;
}

void
content_set_memory_status(const struct letter *letter)
{
	if (letter->status_in_doubt != 0)
		mem_set_exit_status(letter->status_in_doubt);
}

/* Whether the end may be sent: the last moment to stop without a doubt. */
static bool
may_end(struct sending *sending, const struct letter *letter,
    struct outcome *ending)
{
	if (stream_state(sending->stream) != STREAM_OPEN)
		return false;
	sending->is_forbidden =
	    !letter_may_end(letter, sending->session, STAGE_CONTENT, ending);
	return !sending->is_forbidden && !stream_peek(sending->stream) &&
	    !is_interrupted();
}

/*
 * Sends the final dot, and QUIT together with it if asked. False: the dot
 * cannot have arrived, so nothing is in doubt.
 */
static bool
send_end(struct session *session, const struct letter *letter, bool with_quit)
{
	static const char tail[] = ".\r\nQUIT\r\n";
	struct dialogue *dialogue = &session->dialogue;
	size_t dot = sizeof(".\r\n") - 1;
	size_t len = with_quit ? sizeof(tail) - 1 : dot;
	int64_t deadline = block_deadline(dialogue);

	observer_show(dialogue->observer, OBSERVED_COMMAND, SPAN("."));
	if (with_quit)
		observer_show(
		    dialogue->observer, OBSERVED_COMMAND, SPAN("QUIT"));
	dialogue->unanswered = with_quit ? 2 : 1;
	content_set_memory_status(letter);
	return (stream_write(dialogue->stream, tail, len, deadline) &&
		   stream_flush(dialogue->stream, deadline)) ||
	    stream_unsent(dialogue->stream) <= len - dot;
}

/* As send_end, with the commands that the follower says. */
static bool
send_end_and_say(struct session *session, const struct letter *letter,
    const struct content_follower *follower)
{
	struct dialogue *dialogue = &session->dialogue;
	uint64_t said = dialogue->octets;
	int64_t deadline = block_deadline(dialogue);
	bool sent;

	observer_show(dialogue->observer, OBSERVED_COMMAND, SPAN("."));
	dialogue->unanswered = 1;
	content_set_memory_status(letter);
	sent = stream_write(dialogue->stream, ".\r\n", 3, deadline);
	if (sent)
		follower->say(follower->context);
	return (sent && stream_flush(dialogue->stream, deadline)) ||
	    stream_unsent(dialogue->stream) <= dialogue->octets - said;
}

static bool
send_whole(struct session *session, const struct letter *letter, bool with_quit,
    const struct content_follower *follower, struct outcome *ending)
{
	struct sending sending = {
	    session, session->dialogue.stream, letter, false};
	struct message_sink sink = {send_block, &sending};
	enum replay_result result;

	if (hear_if_spoken(session, ending))
		return false;
	observer_reach(session->dialogue.observer,
	    &(struct observed_place){
		.stage = STAGE_CONTENT, .octets = letter->size});
	result = replay_message(
	    letter->message, letter->plan, REPLAY_STUFFED, &sink);
	if (result == REPLAY_DONE &&
	    !(may_end(&sending, letter, ending) &&
		(follower != NULL ? send_end_and_say(session, letter, follower)
				  : send_end(session, letter, with_quit))))
		result = REPLAY_SINK_ENDED;
	if (result != REPLAY_DONE)
		return break_off(&sending, result, ending);
	return hear_answer(session, ending);
}

bool
content_send(struct session *session, const struct letter *letter,
    bool with_quit, struct outcome *ending)
{
	return send_whole(session, letter, with_quit, NULL, ending);
}

bool
content_send_and_say(struct session *session, const struct letter *letter,
    const struct content_follower *follower, struct outcome *ending)
{
	return send_whole(session, letter, false, follower, ending);
}

/*
 * Whether the server sent fewer replies than there are recipients: it already
 * answered QUIT (221), sent more after 421, or fell silent. Then each reply may
 * be for another recipient. If the connection broke, the replies received
 * count.
 */
static bool
is_reply_missing(const struct session *session, const struct outcome *last)
{
	return last->in_doubt &&
	    (last->reply.code == 221 || last->reply.code == 421 ||
		stream_state(session->dialogue.stream) == STREAM_TIMED_OUT);
}

/* A 421 is the last reply, so it counts for all recipients that are left. */
bool
content_hear_each(struct session *session, struct recipient **recipients,
    size_t count, struct outcome *ending)
{
	struct outcome next = {0};
	bool is_first = true, heard = true;

	outcome_copy(&next, ending);
	for (size_t i = 0; i < count; i++) {
		struct recipient *recipient = recipients[i];

		if (!recipient->accepted)
			continue;
		if (!is_first && heard && next.reply.code != 421) {
			session->dialogue.unanswered++;
			heard = hear_answer(session, &next);
		}
		is_first = false;
		outcome_copy(&recipient->outcome, &next);
		if (next.action == ACTION_RELAYED)
			outcome_copy(ending, &next);
	}
	if (is_reply_missing(session, &next)) {
		outcome_copy(ending, &next);
		for (size_t i = 0; i < count; i++)
			if (recipients[i]->accepted)
				outcome_copy(&recipients[i]->outcome, &next);
	}
	outcome_free(&next);
	return heard && !session->dialogue.is_over;
}
