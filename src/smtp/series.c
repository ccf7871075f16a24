/*
 * Runs letters through sessions. A letter whose outcomes could still change is
 * kept until later replies confirm them: the 354 to the next letter's DATA, the
 * reply to RSET, or the end of the session.
 */
#include "smtp/series.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"
#include "smtp/extension.h"
#include "smtp/letter.h"
#include "smtp/reach.h"

/* If so many finished letters wait for a confirmation, the session ends. */
#define WAITING_MAX 2
/*
 * In milliseconds. Before a longer pause the session ends, so that no server
 * closes it because it is idle.
 */
#define PAUSE_IN_SESSION ((int64_t)10000)

/* A letter on its way, from `next` to `done`. */
struct leg {
	struct leg *next;
	struct series_item item;
	int64_t deadline;
	struct transaction transaction;
	bool is_begun;	    /* the transaction has begun */
	bool is_started;    /* it has begun in some session */
	bool is_entered;    /* it has begun in this session */
	bool is_asked;	    /* MAIL was answered in this session */
	bool is_refused;    /* in a flight: MAIL is asked once more, alone */
	bool is_retried;    /* an earlier session was lost before its turn */
	bool is_due;	    /* it needs another session */
	bool has_progress;  /* recipients were settled in this session */
	bool is_unrecorded; /* by the journal, since the last transaction */
	bool is_closed;	    /* the journal permits no further transaction */
	bool is_finished;   /* waits only for the confirmation */
};

struct run {
	struct series *series;
	struct session session;
	bool is_open;
	size_t letters;	 /* served by the session before this one */
	bool must_close; /* what was asked can be confirmed by QUIT alone */
	bool quit_said;
	bool is_done; /* no further letter may be asked for */
	/* Letters in order: finished ones, the current one, the next one. */
	struct leg *first, *last;
	/* What one session learns for the next. */
	size_t recipient_limit;
	bool is_chunk_refused;
	bool is_probed; /* as in struct reach */
};

static void
set_signing(const struct series *series, const struct submission *submission)
{
	struct signing *signing =
	    submission->letter != NULL ? submission->letter->signing : NULL;

	if (signing != NULL) {
		signing->profile = series->profile;
		signing->keys = series->signing_keys;
	}
}

/* The next letter; NULL: there is none. */
static struct leg *
fetch(struct run *run)
{
	const struct series *series = run->series;
	struct series_item item = {0};
	struct leg *leg;

	if (run->is_done || signals_caught() != 0 ||
	    !series->next(series->context, &item)) {
		run->is_done = true;
		return NULL;
	}
	leg = mem_new(1, sizeof(*leg));
	leg->item = item;
	item.submission->profile = series->profile;
	item.submission->secret = series->secret;
	item.submission->observer = series->observer;
	set_signing(series, item.submission);
	if (run->last != NULL)
		run->last->next = leg;
	else
		run->first = leg;
	run->last = leg;
	return leg;
}

/* The outcomes of the letter are certain so far: tells its journal. */
static void
record(struct leg *leg)
{
	const struct letter *letter = leg->item.submission->letter;

	if (!leg->is_unrecorded)
		return;
	leg->is_unrecorded = false;
	if (letter != NULL && letter->journal != NULL &&
	    !letter->journal->after_transaction(letter->journal->context))
		leg->is_closed = true;
}

/* Gives the first letter back. */
static void
give_back(struct run *run)
{
	struct leg *leg = run->first;
	struct submission_record *kept = &leg->item.submission->record;

	if (leg->is_started)
		kept->ended = clock_now();
	run->first = leg->next;
	if (run->first == NULL)
		run->last = NULL;
	run->series->done(run->series->context, &leg->item);
	free(leg);
}

/* All outcomes so far are certain. */
static void
record_all(struct run *run)
{
	for (struct leg *leg = run->first; leg != NULL; leg = leg->next) {
		record(leg);
		run->series->is_closed |= leg->is_closed;
	}
	while (run->first != NULL && run->first->is_finished)
		give_back(run);
}

static size_t
count_waiting(const struct run *run)
{
	size_t count = 0;

	for (const struct leg *leg = run->first;
	     leg != NULL && leg->is_finished; leg = leg->next)
		count++;
	return count;
}

static void
start(const struct run *run, struct leg *leg)
{
	const struct submission *submission = leg->item.submission;
	int64_t timeout = submission->profile->timeout_total;

	if (leg->is_started)
		return;
	leg->is_started = true;
	leg->deadline = timeout ? deadline_in(timeout) : DEADLINE_NEVER;
	if (run->series->hosts != NULL)
		leg->deadline = run->series->hosts->deadline;
	leg->item.submission->record.started = clock_now();
}

/* The letter begins in the session that is open. */
static void
enter(struct run *run, struct leg *leg, bool is_first)
{
	struct submission *submission = leg->item.submission;
	struct session *session = &run->session;
	struct outcome refusal = {0};

	if (leg->is_entered)
		return;
	start(run, leg);
	leg->is_entered = true;
	if (!is_first) {
		submission_note_session(submission, session);
		submission->record.server = session->server;
		submission->record.decided = session->server;
	}
	extensions_warn(&session->extensions, session->dialogue.observer,
	    envelope_asks_dsn(leg->item.envelope));
	if (!letter_check_recipients(session, leg->item.envelope, &refusal))
		submission_note_ending(submission, &refusal);
	outcome_free(&refusal);
}

static void
begin(struct run *run, struct leg *leg)
{
	const struct letter *letter = leg->item.submission->letter;

	if (letter != NULL && letter->journal != NULL)
		letter->journal->before_mail(letter->journal->context);
	transaction_begin(
	    &leg->transaction, &run->session, leg->item.envelope, letter);
	leg->is_begun = true;
}

static void
drop(struct leg *leg)
{
	if (leg->is_begun)
		transaction_drop(&leg->transaction);
	leg->is_begun = false;
}

/*
 * Whether another letter can follow in the session after `mails` more MAIL
 * commands for this one.
 */
static bool
has_room(const struct run *run, uint64_t mails)
{
	const struct session *session = &run->session;
	uint64_t max = session->extensions.transactions_max;
	uint64_t letters_max = run->series->letters_max;

	return (max == 0 || session->mails + mails < max) &&
	    (letters_max == 0 || run->letters + 1 < letters_max);
}

/* Whether another letter follows, as far as is known. */
static bool
has_follower(const struct run *run, const struct leg *leg)
{
	return leg->next != NULL ||
	    (run->series->pause != NULL && !run->is_done);
}

/* The letters since the last confirmation are in doubt. */
static void
doubt(struct run *run)
{
	for (struct leg *leg = run->first; leg != NULL; leg = leg->next)
		if (leg->is_unrecorded)
			submission_doubt(leg->item.submission, &run->session,
			    leg->item.envelope);
}

/* For the letters that are out; a transaction under way is dropped. */
static void
leave(struct run *run)
{
	for (struct leg *leg = run->first; leg != NULL; leg = leg->next) {
		drop(leg);
		leg->is_entered = leg->is_asked = leg->is_refused = false;
		leg->has_progress = false;
	}
}

/*
 * Ends the session, which makes all outcomes certain. True: the letter, if it
 * is not NULL, may have another session.
 */
static bool
end_session(struct run *run, struct leg *leg, bool quit_said)
{
	struct session *session = &run->session;
	/* Another session is due only if it makes progress, so this ends. */
	bool is_new = session->is_chunk_refused && !run->is_chunk_refused;
	bool is_full = (quit_said || session_is_full(session)) &&
	    !session->is_broken && !session->dialogue.is_over;
	bool is_due = leg != NULL && leg->is_due;

	run->is_chunk_refused = session->is_chunk_refused;
	run->recipient_limit = session->recipient_limit;
	session_dismiss(session, quit_said);
	if (session->is_out_of_step && session->unconfirmed_count > 0)
		doubt(run);
	is_full = is_full && !session->is_out_of_step;
	is_due =
	    is_due || is_new || (is_full && leg != NULL && leg->has_progress);
	session_close(session, quit_said);
	run->is_open = false;
	leave(run);
	if (leg != NULL)
		leg->is_due = false;
	record_all(run);
	return is_due;
}

static bool
has_open(const struct leg *leg)
{
	return envelope_has_open(leg->item.envelope);
}

/* Whether commands of the letter went with the content of the one before. */
static bool
is_under_way(const struct leg *leg)
{
	return leg->is_begun && leg->transaction.commands.said > 0;
}

/* Settles those open, who cannot have another transaction. */
static void
settle(struct leg *leg, const char *why)
{
	struct outcome outcome = {0};

	outcome_set_own(&outcome, STAGE_MAIL, CAUSE_TEMPORARY, "%s", why);
	envelope_settle_open(leg->item.envelope, &outcome);
	outcome_free(&outcome);
}

/*
 * The session ended while replies to the letter's commands were due. If they
 * went with the content of another letter, that one is in doubt: a reply may be
 * missing, and then those heard are not for the commands that they seem to be
 * for.
 */
static void
doubt_order(struct run *run, const struct leg *leg)
{
	struct session *session = &run->session;
	const struct pipeline *commands = &leg->transaction.commands;
	bool is_at_end = true;

	if (!commands->is_said_ahead)
		return;
	if (!commands->is_dismissed)
		run->series->lacks_flights = true;
	if (session->unconfirmed_count == 0 || session->is_out_of_step)
		return;
	/* 421, or a malformed reply? */
	if (stream_state(session->dialogue.stream) == STREAM_OPEN)
		is_at_end = commands->is_dismissed &&
		    dialogue_hear_end(&session->dialogue) == DIALOGUE_CLOSED;
	/* A server that says no more at all has answered the content. */
	session->lacks_reply = !is_at_end ||
	    (commands->answered > (commands->is_dismissed ? 1 : 0) &&
		commands->answered < commands->said);
	session->is_out_of_step = session->lacks_reply;
	/* So that this happens to one letter only. */
	if (session->lacks_reply)
		run->series->lacks_flights = true;
}

/* The letter stays as it was, for another session. */
static bool
postpone(struct leg *leg)
{
	drop(leg);
	leg->is_due = true;
	leg->is_refused = false;
	return false;
}

/*
 * The session was lost before the content. True: that concerns this letter.
 * Between two letters, and where an earlier letter comes into doubt, it does
 * not: the letter has one new session. If that is lost at MAIL too, the server
 * is in trouble.
 */
static bool
is_own_loss(struct run *run, struct leg *leg)
{
	const struct session *session = &run->session;
	const struct pipeline *commands = &leg->transaction.commands;
	bool is_between = !leg->is_asked && !commands->mail_answered &&
	    !leg->transaction.ending.in_doubt;

	doubt_order(run, leg);
	if (run->letters > 0 && !leg->is_asked &&
	    (is_between || session->unconfirmed_count > 0)) {
		leg->is_retried = true;
		return postpone(leg);
	}
	if (run->letters > 0 || !is_between || !leg->is_retried ||
	    signals_caught() != 0)
		return true;
	outcome_copy(&run->series->trouble, &leg->transaction.ending);
	drop(leg);
	return false;
}

/*
 * Whether another mail exchanger may take the letter: this one puts off MAIL,
 * or the session was lost, before anything was settled (RFC 5321 section 5.1).
 * A reply to RCPT stands, or greylisting would begin anew at each host.
 */
static bool
is_for_next_host(const struct run *run, const struct leg *leg, bool is_answered)
{
	const struct transaction *transaction = &leg->transaction;
	const struct pipeline *commands = &transaction->commands;
	/* A 421 to RCPT is about the session, though it counts as a refusal. */
	bool is_dismissed = !is_answered && commands->is_dismissed &&
	    transaction->ending.stage == STAGE_RCPT;

	return run->series->hosts != NULL && !leg->has_progress &&
	    signals_caught() == 0 &&
	    commands->refused == (is_dismissed ? 1 : 0) &&
	    transaction->ending.action == ACTION_DELAYED &&
	    !transaction->ending.in_doubt &&
	    (is_answered ? commands->mail_refused && !commands->is_contradicted
			 : !commands->is_chunk_said);
}

/*
 * All replies were heard, but no 354, which would have confirmed those to the
 * letter before. True: the transaction can be finished. False: it was dropped;
 * if the session is of use, its MAIL is asked again without other commands due.
 */
static bool
confirm(struct run *run, struct leg *leg)
{
	struct session *session = &run->session;
	struct transaction *transaction = &leg->transaction;
	const struct pipeline *commands = &transaction->commands;

	if (commands->is_out_of_order) {
		observer_note(session->dialogue.observer,
		    "the server does not answer in the order of the commands");
		run->series->lacks_flights = true;
		session->is_out_of_step = session->is_broken = true;
		return postpone(leg);
	}
	if (commands->said == 0)
		return true;
	/* The reply to MAIL could also be one to RSET. */
	if (commands->said == 1) {
		run->must_close = true;
		return true;
	}
	if (!transaction_confirm(transaction))
		return postpone(leg);
	record_all(run);
	if (!commands->is_said_ahead || !commands->mail_refused)
		return true;
	drop(leg);
	leg->is_refused = true;
	return false;
}

/* Whether an outcome that could still change is to be recorded now. */
static bool
has_waiting(const struct run *run, const struct leg *leg)
{
	const struct letter *letter = leg->item.submission->letter;

	return run->session.unconfirmed_count > 0 &&
	    (count_waiting(run) > 0 ||
		(leg->is_unrecorded && letter != NULL &&
		    letter->journal != NULL));
}

/* True: the replies before the content permit to finish the transaction. */
static bool
may_finish(struct run *run, struct leg *leg)
{
	struct session *session = &run->session;
	const struct pipeline *commands = &leg->transaction.commands;

	if (session->unconfirmed_count == 0)
		record_all(run);
	else if (has_waiting(run, leg) && !confirm(run, leg))
		return false;
	if (leg->is_closed ||
	    (commands->is_said_ahead && signals_caught() != 0)) {
		/* DATA may be answered 354: only the content could follow. */
		session->is_broken = true;
		drop(leg);
		leg->is_refused = false;
		return false;
	}
	if (leg->is_refused && !commands->mail_refused) {
		observer_note(session->dialogue.observer,
		    "the server refuses MAIL before it has answered the "
		    "content");
		run->series->lacks_flights = true;
	}
	leg->is_refused = false;
	return true;
}

/* The next letter's transaction, if its first commands can go now. */
static struct transaction *
begin_ahead(struct run *run, const struct leg *leg)
{
	struct leg *next = leg->next;

	if (next == NULL || !run->session.has_next ||
	    run->series->lacks_flights || run->session.is_unfit_for_flights ||
	    !session_is_pipelined(&run->session) || signals_caught() != 0 ||
	    !transaction_is_last(&leg->transaction))
		return NULL;
	enter(run, next, false);
	if (!has_open(next))
		return NULL;
	begin(run, next);
	return next->transaction.is_due ? &next->transaction : NULL;
}

static bool
has_settled(const struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->count; i++)
		if (transaction->recipients[i]->outcome.action != ACTION_NONE)
			return true;
	return false;
}

/* Runs a transaction. False: the session is of no more use. */
static bool
transact(struct run *run, struct leg *leg)
{
	struct session *session = &run->session;
	struct transaction *transaction = &leg->transaction;
	struct transaction *ahead;
	bool goes_on, is_answered;

	session->dialogue.deadline = leg->deadline;
	if (!leg->is_begun) {
		session->is_shared = run->letters > 0 ||
		    (has_follower(run, leg) && has_room(run, 1));
		begin(run, leg);
	}
	is_answered = transaction_ask(transaction);
	if (is_for_next_host(run, leg, is_answered)) {
		mx_hosts_pass(run->series->hosts, &transaction->ending);
		/* It said 354 although it refused MAIL: it hears no more. */
		if (reply_is_intermediate(&transaction->commands.data_reply))
			session->is_broken = true;
		return postpone(leg);
	}
	if (!is_answered) {
		if (!is_own_loss(run, leg))
			return false;
	} else if (!may_finish(run, leg)) {
		return leg->is_refused;
	}
	session->has_next = has_follower(run, leg) && has_room(run, 0);
	ahead = begin_ahead(run, leg);
	goes_on = transaction_finish(transaction, ahead);
	if (ahead != NULL && transaction->ending.in_doubt)
		run->series->lacks_flights = true;
	if (transaction->ending.action != ACTION_NONE)
		submission_note_transaction(
		    leg->item.submission, session, transaction);
	run->quit_said = transaction->quit_said;
	leg->has_progress = leg->has_progress || has_settled(transaction);
	leg->is_asked = leg->is_unrecorded = true;
	leg->is_begun = false;
	transaction_free(transaction);
	if (session->unconfirmed_count == 0)
		record_all(run);
	return goes_on && !run->must_close;
}

/*
 * Runs transactions until nobody is open or the session is of no more use. It
 * stays open if the next letter can have it. True: the letter may have another
 * session.
 */
static bool
serve(struct run *run, struct leg *leg)
{
	struct session *session = &run->session;
	bool goes_on = true;

	enter(run, leg, run->letters == 0);
	/* After a signal only the transaction under way is completed. */
	while (goes_on && has_open(leg) && !leg->is_closed &&
	    (is_under_way(leg) ||
		(signals_caught() == 0 && !session_is_full(session))))
		goes_on = transact(run, leg);
	if (leg->is_closed)
		settle(leg, "not sent: its record could not be written");
	if (goes_on && !has_open(leg) && has_follower(run, leg) &&
	    count_waiting(run) < WAITING_MAX &&
	    ((leg->next != NULL && is_under_way(leg->next)) ||
		has_room(run, 0))) {
		run->letters++;
		return false;
	}
	return end_session(run, leg, run->quit_said);
}

static void
note_session(void *context, const struct session *session)
{
	submission_note_session(context, session);
}

/* False: there is none, and the series' trouble says why. */
static bool
open_session(struct run *run, struct leg *leg)
{
	struct submission *submission = leg->item.submission;
	struct reach reach = {
	    .profile = submission->profile,
	    .secret = submission->secret,
	    .observer = submission->observer,
	    .deadline = leg->deadline,
	    .trail = submission->record.trail,
	    .is_probed = run->is_probed,
	    .tried = note_session,
	    .context = submission,
	};

	run->is_open = run->series->hosts != NULL
	    ? mx_hosts_open(run->series->hosts, &reach, &run->session)
	    : reach_open(&reach, &run->session);
	if (run->is_open) {
		run->letters = 0;
		run->must_close = run->quit_said = false;
		run->session.recipient_limit = run->recipient_limit;
		run->session.is_chunk_refused = run->is_chunk_refused;
		submission->record.decided = reach.server;
	} else if (reach.failure.action != ACTION_NONE) {
		submission->record.decided = reach.failed;
		outcome_copy(&run->series->trouble, &reach.failure);
	}
	run->is_probed = reach.is_probed;
	submission->record.server = reach.server;
	submission->record.trail = reach.trail;
	reach.trail = (struct trail){0};
	reach_free(&reach);
	return run->is_open;
}

/* Submits the letter. Returns the next one, if it is known already. */
static struct leg *
run_letter(struct run *run, struct leg *leg)
{
	const struct outcome *trouble = &run->series->trouble;
	struct leg *next;
	bool is_due = has_open(leg);

	start(run, leg);
	if (leg->next == NULL && run->series->pause == NULL)
		fetch(run);
	while (is_due && (run->is_open || open_session(run, leg)))
		is_due = serve(run, leg) && has_open(leg) &&
		    signals_caught() == 0 && trouble->action == ACTION_NONE;
	if (has_open(leg) && signals_caught() == 0 &&
	    trouble->action == ACTION_NONE)
		settle(leg, "the session ended before this recipient's turn");
	next = leg->next;
	leg->is_finished = true;
	if (!run->is_open || run->session.unconfirmed_count == 0)
		record_all(run);
	return next;
}

/* The next letter, when its time has come. */
static struct leg *
fetch_in_time(struct run *run)
{
	const struct series *series = run->series;
	int64_t pause = series->pause != NULL && !run->is_done
	    ? series->pause(series->context)
	    : 0;

	if (pause > PAUSE_IN_SESSION && run->is_open)
		end_session(run, NULL, false);
	/* A signal ends it; then there is no next letter. */
	if (pause > 0)
		wait_for(NULL, 0, deadline_in(pause));
	return fetch(run);
}

static void
run_letters(struct series *series)
{
	struct run run = {.series = series};
	struct leg *leg;

	signals_catch();
	leg = fetch_in_time(&run);
	while (leg != NULL && series->trouble.action == ACTION_NONE &&
	    (signals_caught() == 0 || is_under_way(leg))) {
		leg = run_letter(&run, leg);
		if (leg == NULL && series->trouble.action == ACTION_NONE)
			leg = fetch_in_time(&run);
	}
	if (run.is_open)
		end_session(&run, NULL, false);
	while (run.first != NULL)
		give_back(&run);
}

void
series_run(struct series *series)
{
	run_letters(series);
	/* A signal is no trouble of the server. */
	if (signals_caught() != 0)
		outcome_free(&series->trouble);
}

void
series_free(struct series *series)
{
	outcome_free(&series->trouble);
}

static bool
hand_out(void *context, struct series_item *item)
{
	struct series_single *single = context;
	bool is_first = !single->is_out;

	*item = single->item;
	single->is_out = true;
	return is_first;
}

static void
take_back(void *context, const struct series_item *item)
{
	(void)context;
	(void)item;
}

void
series_set_single(struct series *series, struct series_single *single)
{
	series->next = hand_out;
	series->done = take_back;
	series->context = single;
}

void
series_run_one(struct submission *submission, struct envelope *envelope)
{
	struct series_single single = {.item = {submission, envelope}};
	struct series series = {.profile = submission->profile,
	    .secret = submission->secret,
	    .signing_keys = submission->signing_keys,
	    .observer = submission->observer};
	struct outcome failure = {0};

	series_set_single(&series, &single);
	run_letters(&series);
	if (series.trouble.action != ACTION_NONE)
		submission_end(submission, envelope, &series.trouble);
	if (envelope_has_open(envelope)) {
		outcome_set_own(&failure, STAGE_MAIL, CAUSE_TEMPORARY, "%s",
		    signals_caught() != 0
			? "interrupted by a signal"
			: "the session ended before this recipient's turn");
		envelope_settle_open(envelope, &failure);
		outcome_free(&failure);
	}
	series_free(&series);
	assert(!envelope_has_open(envelope));
}
