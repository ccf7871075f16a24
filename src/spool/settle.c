/*
 * Decides what becomes of mails. Each step writes its record before it acts,
 * and can be repeated: the records say where to go on.
 */
#include "spool/settle.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "spool/record.h"

/* After so many attempts in doubt a mail is held. */
#define DOUBTS_MAX 3
/* A sender hears of a delay when the mail is this late, in seconds. */
#define DELAY_TOLD ((int64_t)4 * 60 * 60)

static void
show(const struct settle *settle, const struct claim *claim,
    enum run_event_kind kind, size_t count, const char *text)
{
	const struct run_event event = {
	    .kind = kind,
	    .profile_name = settle->profile_name,
	    .profile = settle->tell.profile,
	    .waiting = &claim->waiting,
	    .count = count,
	    .text = text,
	};

	run_event_show(settle->observer, &event);
}

static bool
append_word(const struct settle *settle, struct claim *claim,
    const char *keyword, const char *word)
{
	struct buf record = {0};
	bool done;

	record_add_word(
	    &record, &claim->waiting, settle->tell.now, keyword, word);
	done = claim_append(claim, buf_span(&record), true);
	buf_free(&record);
	return done;
}

static bool
is_open(const struct recipient *recipient)
{
	return recipient->outcome.action != ACTION_RELAYED &&
	    recipient->outcome.action != ACTION_FAILED;
}

static size_t
count_open(const struct waiting *waiting)
{
	size_t open = 0;

	for (size_t i = 0; i < waiting->envelope.count; i++)
		open += is_open(&waiting->envelope.recipients[i]);
	return open;
}

bool
settle_is_needed(const struct waiting *waiting)
{
	const struct envelope *envelope = &waiting->envelope;
	bool may_tell =
	    waiting->kind == WAITING_MAIL && envelope->reverse_path[0] != '\0';

	if (waiting->is_done || waiting->is_removed || waiting->is_dead ||
	    waiting->is_notifying || waiting->is_doubted ||
	    count_open(waiting) == 0)
		return true;
	for (size_t i = 0; may_tell && i < envelope->count; i++) {
		const struct recipient *recipient = &envelope->recipients[i];

		if (recipient->outcome.action == ACTION_FAILED &&
		    !waiting->recipients[i].is_notified &&
		    (recipient->dsn.notify & DSN_NEVER) == 0)
			return true;
	}
	return false;
}

bool
settle_interrupted(const struct settle *settle, struct claim *claim)
{
	struct waiting *waiting = &claim->waiting;
	struct outcome outcome = {0};
	struct buf records;
	size_t *who, count = 0;
	bool done;

	who = mem_new(waiting->envelope.count, sizeof(*who));
	for (size_t i = 0; i < waiting->envelope.count; i++)
		if (is_open(&waiting->envelope.recipients[i]) &&
		    waiting_is_at_stake(waiting, i))
			who[count++] = i;
	outcome_set_own(&outcome, STAGE_CONTENT, CAUSE_TEMPORARY,
	    "an attempt was interrupted after the content was sent");
	outcome.in_doubt = true;
	buf_init(&records, WAITING_OCTETS_MAX);
	record_add_result(
	    &records, waiting, settle->tell.now, who, count, &outcome);
	record_add_next(&records, waiting, settle->tell.now,
	    schedule_next(&settle->tell.settings->retry,
		waiting->attempts > 0 ? waiting->attempts : 1, waiting->tried));
	done = claim_append(claim, buf_span(&records), true);
	if (done && count > 0)
		show(settle, claim, RUN_EVENT_DOUBTED, count,
		    buf_text(&outcome.reply.text));
	buf_free(&records);
	outcome_free(&outcome);
	free(who);
	return done;
}

static enum settle_result
finish(struct claim *claim)
{
	return claim_finish(claim) ? SETTLE_FINISHED : SETTLE_FAILED;
}

enum settle_result
settle_bury(const struct settle *settle, struct claim *claim, const char *why)
{
	/* Nobody would read a record after a line that cannot be read. */
	if (claim->is_read && !claim->waiting.is_dead &&
	    !append_word(settle, claim, "dead", why))
		return SETTLE_FAILED;
	if (!claim_move(claim, settle->tell.folder->dead)) {
		if (errno != EEXIST)
			return SETTLE_FAILED;
		/* As after a backup was restored. */
		show(settle, claim, RUN_EVENT_SKIPPED, 0,
		    "the folder dead has another mail with its ID");
		return SETTLE_BUSY;
	}
	show(settle, claim, RUN_EVENT_DEAD, 0, why);
	return SETTLE_DEAD;
}

enum settle_result
settle_damaged(const struct settle *settle, struct claim *claim)
{
	const struct waiting *waiting = &claim->waiting;

	if (waiting->kind == WAITING_NOTIFICATION &&
	    !tell_may_be_sent(settle->tell.folder, waiting))
		return SETTLE_BUSY;
	return settle_bury(settle, claim, "its files are damaged");
}

/* The mail has come to its end. */
static enum settle_result
end(const struct settle *settle, struct claim *claim)
{
	return append_word(settle, claim, "done", NULL) ? finish(claim)
							: SETTLE_FAILED;
}

/*
 * Makes the notification that the event asks for. Returns `otherwise`, unless
 * the mail was put aside or a step failed.
 */
static enum settle_result
tell(struct settle *settle, struct claim *claim, enum notification_event event,
    enum settle_result otherwise)
{
	switch (tell_sender(&settle->tell, claim, event)) {
	case TELL_DONE:
	case TELL_NOBODY:
		return otherwise;
	case TELL_FORBIDDEN:
		/* Others may still get the mail. */
		if (event == NOTIFICATION_FAILED &&
		    count_open(&claim->waiting) > 0)
			return otherwise;
		return settle_bury(settle, claim,
		    event == NOTIFICATION_EXPIRED
			? "its lifetime is over, and nobody is told"
			: "it was refused, and nobody is told");
	case TELL_BUSY:
		return SETTLE_BUSY;
	case TELL_LATER:
		break;
	}
	return SETTLE_FAILED;
}

/* Open recipients wait no longer: the lifetime is over. */
static enum settle_result
expire(struct settle *settle, struct claim *claim)
{
	enum settle_result result;

	show(settle, claim, RUN_EVENT_EXPIRED, count_open(&claim->waiting),
	    settle->tell.trouble != NULL ? NULL
					 : "the lifetime of the mail is over");
	result = tell(settle, claim, NOTIFICATION_EXPIRED, SETTLE_WAITS);
	return result == SETTLE_WAITS ? end(settle, claim) : result;
}

static bool
is_to_be_held(const struct settle *settle, const struct waiting *waiting)
{
	return settle->is_unsure &&
	    (settle->tell.settings->holds_in_doubt ||
		waiting->doubts >= DOUBTS_MAX);
}

static enum settle_result
hold(const struct settle *settle, struct claim *claim)
{
	if (!append_word(settle, claim, "hold", "smtpost"))
		return SETTLE_FAILED;
	show(settle, claim, RUN_EVENT_UNKNOWN, count_open(&claim->waiting),
	    settle->tell.settings->holds_in_doubt
		? "it may have been delivered (in-doubt = hold)"
		: "it may have been delivered, after three attempts");
	return SETTLE_HELD;
}

/* Whether a killed process told of the end of recipients that are open. */
static bool
is_told_expired(const struct waiting *waiting)
{
	for (size_t i = 0; i < waiting->envelope.count; i++)
		if (is_open(&waiting->envelope.recipients[i]) &&
		    waiting->recipients[i].is_notified)
			return true;
	return false;
}

/* Whether the sender hears of a delay now, if NOTIFY asks for it. */
static bool
is_delay_told(const struct settle *settle, const struct waiting *waiting)
{
	int64_t since = waiting->arrived > waiting->not_before
	    ? waiting->arrived
	    : waiting->not_before;

	/* While the server is away, no notification could leave. */
	return settle->tell.trouble == NULL && !waiting->is_warned &&
	    settle->tell.now - since >= DELAY_TOLD;
}

/* What is left to do while recipients are open. */
static enum settle_result
settle_open(struct settle *settle, struct claim *claim)
{
	struct waiting *waiting = &claim->waiting;

	if (is_told_expired(waiting))
		return end(settle, claim);
	if (waiting->is_held)
		return SETTLE_HELD;
	if (is_to_be_held(settle, waiting))
		return hold(settle, claim);
	if (!settle->was_tried)
		return SETTLE_WAITS;
	if (schedule_is_expired(
		waiting, settle->tell.clock, settle->tell.settings->lifetime))
		return expire(settle, claim);
	if (is_delay_told(settle, waiting))
		return tell(settle, claim, NOTIFICATION_DELAYED, SETTLE_WAITS);
	return SETTLE_WAITS;
}

enum settle_result
settle_mail(struct settle *settle, struct claim *claim)
{
	enum settle_result result = SETTLE_WAITS;

	if (claim_is_over(claim))
		return finish(claim);
	if (claim->waiting.is_dead)
		return settle_bury(settle, claim, "");
	/* What was begun before. */
	if (claim->waiting.is_notifying)
		result = tell(settle, claim, NOTIFICATION_FAILED, SETTLE_WAITS);
	if (result == SETTLE_WAITS)
		result = tell(settle, claim, NOTIFICATION_FAILED, SETTLE_WAITS);
	if (result == SETTLE_WAITS && settle->lacks_dsn)
		result =
		    tell(settle, claim, NOTIFICATION_RELAYED, SETTLE_WAITS);
	if (result != SETTLE_WAITS)
		return result;
	return count_open(&claim->waiting) == 0 ? end(settle, claim)
						: settle_open(settle, claim);
}
