/*
 * A mail for the spool, made from the envelope of a submission. Only recipients
 * who may still get the mail are in it, so that nothing in the spool can send
 * it to the others.
 */
#include "spool/keep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "fixup/planned_message.h"
#include "spool/add.h"
#include "spool/clock.h"
#include "spool/record.h"
#include "spool/room.h"
#include "spool/runner_settings.h"
#include "spool/schedule.h"
#include "spool/server_state.h"
#include "spool/spool_path.h"
#include "spool/stored_message.h"

#define HOST_SIZE 256
/*
 * In seconds: how long a child of the submission waits for its mail, and how
 * long ago the queue may have been run for a longer wait.
 */
#define WAIT_ALONE_MAX ((int64_t)4 * 60 * 60)
#define RUNNER_AGE_MAX ((int64_t)24 * 60 * 60)

/* One mail that is being made. */
struct making {
	const struct keep *keep;
	const struct envelope *from;
	enum kept kept; /* which recipients are in it */
	int64_t now;
};

/* How this recipient is kept. */
static enum kept
kept_of(const struct keep *keep, const struct recipient *recipient)
{
	const struct outcome *outcome = &recipient->outcome;

	if (outcome->in_doubt)
		return keep->profile->queue.in_doubt == IN_DOUBT_HOLD
		    ? KEPT_HELD
		    : KEPT_QUEUED;
	return outcome->action == ACTION_RELAYED ||
		outcome->action == ACTION_FAILED
	    ? KEPT_NOT
	    : KEPT_QUEUED;
}

static bool
is_in(const struct making *making, size_t i)
{
	return kept_of(making->keep, &making->from->recipients[i]) ==
	    making->kept;
}

static char *
copy_text(const char *text)
{
	return text != NULL ? mem_copy_text(text) : NULL;
}

static void
copy_recipients(struct waiting *waiting, const struct making *making)
{
	const struct envelope *from = making->from;
	struct envelope *to = &waiting->envelope;

	to->recipients = mem_new(from->count, sizeof(*to->recipients));
	waiting->recipients =
	    mem_new(from->count, sizeof(waiting->recipients[0]));
	for (size_t i = 0; i < from->count; i++) {
		struct recipient *recipient = &to->recipients[to->count];

		if (!is_in(making, i))
			continue;
		recipient->forward_path =
		    mem_copy_text(from->recipients[i].forward_path);
		recipient->dsn.notify = from->recipients[i].dsn.notify;
		recipient->dsn.original =
		    copy_text(from->recipients[i].dsn.original);
		to->count++;
	}
	to->reverse_path = mem_copy_text(from->reverse_path);
	to->envelope_id = copy_text(from->envelope_id);
	to->dsn_return = from->dsn_return;
	to->requires_tls = from->requires_tls;
}

static bool
has_kept(
    const struct keep *keep, const struct envelope *envelope, enum kept kept)
{
	for (size_t i = 0; i < envelope->count; i++)
		if (kept_of(keep, &envelope->recipients[i]) == kept)
			return true;
	return false;
}

/* There is one copy, even if recipients in doubt make a mail of their own. */
static bool
wants_copy(const struct making *making)
{
	return making->keep->wants_copy &&
	    (making->kept == KEPT_QUEUED ||
		!has_kept(making->keep, making->from, KEPT_QUEUED));
}

/* The facts of the head, but for those that add_commit fills in. */
static void
fill_head(struct waiting *waiting, const struct making *making)
{
	const struct keep *keep = making->keep;

	waiting->arrived = making->now;
	waiting->uid = (unsigned long)keep->uid;
	waiting->profile = mem_copy_text(keep->profile->name);
	waiting->config = copy_text(keep->config);
	waiting->message_id = copy_text(keep->plan->message_id);
	waiting->wants_copy = wants_copy(making);
	waiting->is_unfiltered = keep->is_unfiltered;
	copy_recipients(waiting, making);
	waiting->needs_utf8 = envelope_needs_utf8(&waiting->envelope) ||
	    planned_message_has_utf8_address(keep->message, keep->plan);
}

/* Equal outcomes that follow each other share a record. */
static void
add_results(
    const struct making *making, struct buf *out, struct waiting *waiting)
{
	size_t *who = mem_new(waiting->envelope.count, sizeof(*who));
	const struct outcome *outcome = NULL;
	size_t count = 0, place = 0;

	for (size_t i = 0; i < making->from->count; i++) {
		const struct outcome *next =
		    &making->from->recipients[i].outcome;

		if (!is_in(making, i))
			continue;
		if (count > 0 && !record_is_shared(waiting, outcome, next)) {
			record_add_result(
			    out, waiting, making->now, who, count, outcome);
			count = 0;
		}
		outcome = next;
		who[count++] = place++;
	}
	if (count > 0)
		record_add_result(
		    out, waiting, making->now, who, count, outcome);
	free(who);
}

static bool
has_doubt(const struct making *making)
{
	for (size_t i = 0; i < making->from->count; i++)
		if (is_in(making, i) &&
		    making->from->recipients[i].outcome.in_doubt)
			return true;
	return false;
}

/*
 * Whether the attempt failed for a reason of the mail's own. The trouble of a
 * server never changes when a mail is due; note_server notes it.
 */
static bool
is_put_off(const struct making *making)
{
	for (size_t i = 0; i < making->from->count; i++)
		if (is_in(making, i) &&
		    schedule_scope(&making->from->recipients[i].outcome) ==
			SCOPE_MAIL)
			return true;
	return false;
}

/* What the attempt was, as if a run of the queue had made it. */
static void
add_records(void *context, struct buf *out, struct waiting *waiting)
{
	const struct making *making = context;
	const struct keep *keep = making->keep;
	const struct runner_settings settings =
	    runner_settings_of(keep->profile);
	char host[HOST_SIZE] = "";

	if (keep->not_before != 0)
		record_add_not_before(
		    out, waiting, making->now, keep->not_before);
	if (!keep->was_tried)
		return;
	if (gethostname(host, sizeof(host) - 1) < 0)
		host[0] = '\0';
	record_add_try(
	    out, waiting, making->now, (unsigned long)getpid(), host);
	if (has_doubt(making))
		record_add_doubt(out, waiting, making->now,
		    keep->server != NULL ? keep->server->url : NULL, NULL, 0);
	add_results(making, out, waiting);
	if (is_put_off(making))
		record_add_next(out, waiting, making->now,
		    schedule_next(&settings.retry, 1, making->now));
	if (making->kept == KEPT_HELD)
		record_add_word(out, waiting, making->now, "hold", "smtpost");
}

/* A time far ahead needs something that will run the queue. */
static bool
check_runner(const struct keep *keep, const struct folder *folder, int64_t now,
    struct error *err)
{
	if (keep->not_before - now <= WAIT_ALONE_MAX ||
	    now - clock_last_runner(folder) <= RUNNER_AGE_MAX)
		return true;
	return error_set(err, ERROR_TEMPORARY,
	    "cannot keep the mail for more than 4 hours: nothing has run the "
	    "queue %s in the last day\n"
	    "hint: enable smtpost-queue.timer, or run smtpost --queue-run by "
	    "cron; if you did, wait until it has run, and try again",
	    folder->path);
}

/* False with *err: nothing is left of it. */
static bool
make_mail(struct making *making, const struct folder *folder, struct id *id,
    struct error *err)
{
	const struct keep *keep = making->keep;
	const struct add_records records = {add_records, making};
	struct waiting waiting = {0};
	struct add add;
	bool done;

	if (!clock_read(folder, &waiting.clock))
		return error_set(err, ERROR_TEMPORARY,
		    "cannot read %s/clock: %s", folder->path, strerror(errno));
	if (!add_begin(&add, folder, NULL, making->now, err))
		return false;
	fill_head(&waiting, making);
	done = stored_message_write(&add, keep->message, keep->plan, err) &&
	    add_commit_with_records(&add, &waiting, &records, err);
	*id = add.id;
	if (done)
		add_release(&add);
	else
		add_abandon(&add);
	waiting_free(&waiting);
	return done;
}

/* Makes one mail of those recipients, if there are any. */
static bool
keep_some(const struct keep *keep, struct envelope *envelope, enum kept kept,
    const struct folder *folder, struct error *err)
{
	struct making making = {keep, envelope, kept, time(NULL)};
	struct id id;

	if (!has_kept(keep, envelope, kept))
		return true;
	if (!make_mail(&making, folder, &id, err))
		return false;
	if (kept == KEPT_HELD)
		envelope->held_id = mem_copy_text(id.text);
	else
		envelope->queued_id = mem_copy_text(id.text);
	for (size_t i = 0; i < envelope->count; i++)
		if (kept_of(keep, &envelope->recipients[i]) == kept)
			envelope->recipients[i].kept = kept;
	return true;
}

/*
 * What was wrong with the server is noted for the runs that follow, as if one
 * of them had asked it.
 */
static void
note_server(const struct keep *keep, const struct folder *folder,
    const struct envelope *envelope)
{
	const struct profile *profile = keep->profile;
	const struct outcome *trouble = NULL;
	struct server_state state = {0};
	int64_t now = time(NULL);

	for (size_t i = 0; i < envelope->count && trouble == NULL; i++)
		if (envelope->recipients[i].kept == KEPT_QUEUED)
			trouble = &envelope->recipients[i].outcome;
	if (trouble == NULL || trouble->in_doubt ||
	    schedule_scope(trouble) == SCOPE_MAIL)
		return;
	server_state_read(
	    &state, folder, profile->name, server_state_fingerprint(profile));
	/* Until then it counts as one failure, however many mails come. */
	if (state.next <= now) {
		const struct schedule retry = runner_settings_of(profile).retry;

		state.fingerprint = server_state_fingerprint(profile);
		server_state_note(
		    &state, folder, profile->name, trouble, &retry, now);
	}
	server_state_free(&state);
}

/* folder_close follows in every case. */
static bool
open_spool(const struct keep *keep, struct folder *folder, struct error *err)
{
	char *path = spool_path_for_adding(keep->profile->queue.dir, err);
	bool done;

	*folder = (struct folder){NULL, -1, -1, -1, -1, .owner = 0};
	done = path != NULL && folder_make(folder, path, err);
	free(path);
	return done;
}

static bool
has_room(const struct keep *keep, const struct folder *folder, uint64_t size,
    struct error *err)
{
	return room_check(
	    folder, &keep->profile->queue.limit, keep->uid, size, err);
}

bool
keep_is_possible(const struct keep *keep, struct error *err)
{
	char *path = spool_path_for_adding(keep->profile->queue.dir, err);
	struct folder folder = {NULL, -1, -1, -1, -1, .owner = 0};
	bool done = path != NULL && folder_check_place(&folder, path, err) &&
	    (folder.mail < 0 || has_room(keep, &folder, 1, err));

	folder_close(&folder);
	free(path);
	return done;
}

bool
keep_check(const struct keep *keep, uint64_t size, struct error *err)
{
	struct folder folder;
	bool done = open_spool(keep, &folder, err) &&
	    has_room(keep, &folder, size, err);

	folder_close(&folder);
	return done;
}

bool
keep_recipients(
    const struct keep *keep, struct envelope *envelope, struct error *err)
{
	uint64_t size = message_size(keep->message);
	struct folder folder;
	bool done = open_spool(keep, &folder, err) &&
	    check_runner(keep, &folder, time(NULL), err) &&
	    has_room(keep, &folder, size, err) &&
	    keep_some(keep, envelope, KEPT_QUEUED, &folder, err) &&
	    keep_some(keep, envelope, KEPT_HELD, &folder, err);

	if (done && keep->wakes)
		folder_wake(&folder);
	if (done && keep->was_tried)
		note_server(keep, &folder, envelope);
	folder_close(&folder);
	return done;
}

void
keep_note_recovery(const struct profile *profile)
{
	struct spool_paths places = {0};

	spool_paths_find_own(&places, profile->queue.dir);
	for (size_t i = 0; i < places.count; i++) {
		struct folder folder;
		struct error ignored;

		if (folder_find(&folder, places.list[i].path, &ignored) ==
		    FOLDER_OPEN)
			server_state_forget(&folder, profile->name);
		folder_close(&folder);
	}
	spool_paths_free(&places);
}
