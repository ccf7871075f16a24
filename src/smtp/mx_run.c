/*
 * Runs the groups of each letter. A group is an envelope by itself meanwhile:
 * its recipients are moved there, and back when its sessions are over, so that
 * sessions need not know of other domains.
 */
#include "smtp/mx_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"
#include "envelope/domain_group.h"
#include "fixup/planned_message.h"
#include "smtp/letter.h"

/* How many domains are remembered, the last ones. */
#define UNREACHED_MAX ((size_t)64)

/* A domain none of whose servers gave a session in this run. */
struct unreached {
	char *domain;
	struct outcome why;
};

/* A letter, and what all letters and domains share. */
struct mx_run {
	struct series *series;
	struct mx_network network;
	struct unreached unreached[UNREACHED_MAX]; /* a ring */
	size_t unreached_count;			   /* so far */
	struct series_item item;
	int64_t deadline;
	bool waives_tls; /* as in struct mx_policy_question */
	bool is_closed;	 /* the journal permits no further transaction */
	bool lacks_dsn;	 /* a server took the letter, and does not offer DSN */
};

/* NULL: the domain is not one of those. */
static const struct outcome *
find_unreached(const struct mx_run *run, const char *domain)
{
	for (size_t i = 0; i < UNREACHED_MAX; i++)
		if (run->unreached[i].domain != NULL &&
		    strcmp(run->unreached[i].domain, domain) == 0)
			return &run->unreached[i].why;
	return NULL;
}

/*
 * Many letters to a domain that is out of reach must not each wait for it; the
 * next run tries again. What TLS lacks may be of no matter for another letter.
 */
static void
note_unreached(
    struct mx_run *run, const char *domain, const struct outcome *why)
{
	struct unreached *place =
	    &run->unreached[run->unreached_count % UNREACHED_MAX];

	if (why->action != ACTION_DELAYED || why->stage >= STAGE_TLS ||
	    signals_caught() != 0 || clock_now() >= run->deadline)
		return;
	free(place->domain);
	place->domain = mem_copy_text(domain);
	outcome_copy(&place->why, why);
	run->unreached_count++;
}

static void
forget_unreached(struct mx_run *run)
{
	for (size_t i = 0; i < UNREACHED_MAX; i++) {
		free(run->unreached[i].domain);
		outcome_free(&run->unreached[i].why);
	}
}

/* Sends to the hosts of the domain. *failure: why none of them serves. */
static void
run_sessions(struct mx_run *run, struct mx_hosts *hosts,
    struct envelope *envelope, struct outcome *failure)
{
	struct series_single single = {
	    .item = {run->item.submission, envelope}};
	struct series series = {.profile = run->series->profile,
	    .signing_keys = run->series->signing_keys,
	    .observer = run->series->observer,
	    .hosts = hosts};

	series_set_single(&series, &single);
	series_run(&series);
	run->is_closed = series.is_closed;
	outcome_copy(failure, &series.trouble);
	series_free(&series);
}

static bool
is_taken(const struct envelope *envelope)
{
	for (size_t i = 0; i < envelope->count; i++)
		if (envelope->recipients[i].outcome.action == ACTION_RELAYED)
			return true;
	return false;
}

static void
run_domain(struct mx_run *run, const char *domain, struct envelope *envelope)
{
	struct submission *submission = run->item.submission;
	size_t endings = submission->record.ending_count;
	struct outcome failure = {0};
	struct mx_hosts hosts = {
	    .profile = run->series->profile,
	    .observer = run->series->observer,
	    .domain = domain,
	    .network = &run->network,
	    .deadline = run->deadline,
	    .may_send_clear = submission->may_send_clear,
	    .requires_tls = envelope_must_have_tls(envelope),
	    .waives_tls = run->waives_tls,
	};
	const struct outcome *known = find_unreached(run, domain);

	if (clock_now() >= run->deadline)
		outcome_set_own(&failure, STAGE_CONNECT, CAUSE_TEMPORARY,
		    "not tried: the time of timeout-total is over");
	else if (known != NULL)
		outcome_copy(&failure, known);
	else if (mx_hosts_find(&hosts, &failure))
		run_sessions(run, &hosts, envelope, &failure);
	if (failure.action != ACTION_NONE)
		submission_end(submission, envelope, &failure);
	if (known == NULL)
		note_unreached(run, domain, &failure);
	run->lacks_dsn |= is_taken(envelope) && !submission->record.offers_dsn;
	submission_note_visit(submission, envelope, endings);
	outcome_free(&failure);
	mx_hosts_free(&hosts);
}

static void
turn_to(const struct mx_run *run, struct envelope *part, const size_t *members)
{
	const struct letter *letter = run->item.submission->letter;

	if (letter != NULL && letter->journal != NULL &&
	    letter->journal->turn_to != NULL)
		letter->journal->turn_to(
		    letter->journal->context, part, members);
}

static void
run_group(struct mx_run *run, const struct domain_group *group)
{
	struct envelope *whole = run->item.envelope;
	struct envelope part = {
	    .reverse_path = whole->reverse_path,
	    .envelope_id = whole->envelope_id,
	    .dsn_return = whole->dsn_return,
	    .requires_tls = whole->requires_tls,
	    .count = group->count,
	};

	part.recipients = mem_new(group->count, sizeof(*part.recipients));
	for (size_t i = 0; i < group->count; i++)
		part.recipients[i] = whole->recipients[group->members[i]];
	turn_to(run, &part, group->members);
	run_domain(run, group->domain, &part);
	for (size_t i = 0; i < group->count; i++)
		whole->recipients[group->members[i]] = part.recipients[i];
	turn_to(run, NULL, NULL);
	free(part.recipients);
}

/* A report of one domain names its server at the top, too. */
static void
finish(const struct mx_run *run, struct submission_record *record)
{
	if (record->visit_count == 1)
		record->server = record->decided = record->visits[0].server;
	record->offers_dsn = !run->lacks_dsn;
}

/* RFC 8689 section 4.1: REQUIRETLS outweighs the field of the message. */
static bool
waives_tls(const struct mx_run *run)
{
	const struct letter *letter = run->item.submission->letter;

	return letter != NULL && !envelope_must_have_tls(run->item.envelope) &&
	    planned_message_waives_tls(letter->message, letter->plan);
}

static void
run_letter(struct mx_run *run)
{
	struct submission *submission = run->item.submission;
	struct submission_record *record = &submission->record;
	int64_t timeout = run->series->profile->timeout_total;
	int64_t started = clock_now();
	struct domain_groups groups;

	run->deadline = timeout ? deadline_in(timeout) : DEADLINE_NEVER;
	run->is_closed = run->lacks_dsn = false;
	run->waives_tls = waives_tls(run);
	domain_groups_make(&groups, run->item.envelope);
	if (groups.count > 1)
		observer_note(run->series->observer,
		    "the recipients have %zu domains", groups.count);
	for (size_t i = 0;
	     i < groups.count && signals_caught() == 0 && !run->is_closed; i++)
		run_group(run, &groups.items[i]);
	domain_groups_free(&groups);
	finish(run, record);
	record->started = started;
	record->ended = clock_now();
}

/* The time until the next letter may begin. A signal ends the wait. */
static void
wait_for_turn(const struct series *series)
{
	int64_t pause =
	    series->pause != NULL ? series->pause(series->context) : 0;

	if (pause > 0)
		wait_for(NULL, 0, deadline_in(pause));
}

void
mx_run(struct series *series)
{
	struct mx_run run = {.series = series,
	    .network = {
		.name_server = {.trust = profile_dns_trust(series->profile)}}};

	signals_catch();
	while (series->trouble.action == ACTION_NONE) {
		wait_for_turn(series);
		run.item = (struct series_item){0};
		if (signals_caught() != 0 ||
		    !series->next(series->context, &run.item))
			break;
		run.item.submission->profile = series->profile;
		run.item.submission->secret = NULL;
		run.item.submission->observer = series->observer;
		run_letter(&run);
		series->done(series->context, &run.item);
	}
	if (signals_caught() != 0)
		outcome_free(&series->trouble);
	forget_unreached(&run);
}

void
mx_run_one(struct submission *submission, struct envelope *envelope)
{
	struct series_single single = {.item = {submission, envelope}};
	struct series series = {.profile = submission->profile,
	    .signing_keys = submission->signing_keys,
	    .observer = submission->observer};
	struct outcome failure = {0};

	series_set_single(&series, &single);
	mx_run(&series);
	outcome_set_own(
	    &failure, STAGE_MAIL, CAUSE_TEMPORARY, "interrupted by a signal");
	envelope_settle_open(envelope, &failure);
	outcome_free(&failure);
	series_free(&series);
}
