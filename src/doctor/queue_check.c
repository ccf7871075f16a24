/*
 * Looks at the spools of the caller, without the lock of any mail. Mail of
 * other profiles is left to their own diagnosis, except where the profile does
 * not exist any more.
 */
#include "doctor/queue_check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "spool/clock.h"
#include "spool/keep.h"
#include "spool/listing.h"
#include "spool/reason.h"
#include "spool/runner_settings.h"
#include "spool/spool_path.h"

#define QUEUE_ID "queue"
#define DEAD_ID "queue.dead"

#define HOUR ((int64_t)60 * 60)
#define DAY (24 * HOUR)
/* Mail that waits longer, or for most of its lifetime, is a failure. */
#define OLD (4 * DAY)
#define NEAR_END 5 /* a fifth of the lifetime is left */
/* A run that is later than this does not come. */
#define LATE HOUR
#define STEP_TIME ((int64_t)10 * 1000) /* milliseconds for one check */
#define REASON_SHOWN_MAX ((size_t)200)

/* What is found in all spools, of mail that waits or of dead mail. */
struct heap {
	size_t count;
	size_t held, later; /* not counted: held, or --at a time to come */
	struct id id;	    /* of the oldest */
	int64_t since;	    /* when its time began; seconds since 1970 */
	char *reason;	    /* why it is here; masked, owned; NULL: none */
	bool is_ending;	    /* the lifetime of a mail is nearly over */
	bool is_late;	    /* a mail is due for long, and nothing runs */
	int64_t last_run;   /* 0: not known */
	bool is_cut;	    /* the time was not enough to look at all */
	struct error err;   /* why a spool cannot be read */
};

/* A spool, and what holds for the mail of the profile in it. */
struct look {
	const struct diagnosis *diagnosis; /* borrowed */
	struct heap *heap;
	struct folder folder;
	struct runner_settings settings;
	struct reason_profile facts;
	struct listing listing;
	int64_t now, clock; /* seconds: since 1970, and of the spool */
	int64_t deadline;
	int64_t last_run;
};

static bool
is_named(const struct waiting *waiting, const char *name)
{
	return waiting->profile != NULL && strcmp(waiting->profile, name) == 0;
}

/* Whether no other profile's diagnosis would tell of the mail. */
static bool
is_ours(const struct look *look)
{
	const struct diagnosis *diagnosis = look->diagnosis;
	const struct waiting *waiting = &look->listing.waiting;

	return is_named(waiting, diagnosis->profile->name) ||
	    waiting->profile == NULL ||
	    (waiting->config == NULL &&
		profiles_find(
		    diagnosis->profiles, span_from(waiting->profile)) == NULL);
}

/* Notes why the mail is here, if it is the oldest so far. */
static void
note_oldest(struct look *look, int64_t since)
{
	static const struct reason_profile nothing;
	struct heap *heap = look->heap;
	const struct waiting *waiting = &look->listing.waiting;
	struct buf text = {0};
	struct reason reason;

	if (heap->count > 1 && since >= heap->since)
		return;
	heap->since = since;
	heap->id = look->listing.id;
	reason = reason_of(&look->listing,
	    is_named(waiting, look->diagnosis->profile->name) ? &look->facts
							      : &nothing,
	    look->now);
	reason_add(&text, &reason);
	free(heap->reason);
	heap->reason = text.len > 0
	    ? utf8_excerpt_masked(buf_span(&text), REASON_SHOWN_MAX)
	    : NULL;
	buf_free(&text);
}

/* When a run should have tried the mail. */
static int64_t
due_at(const struct look *look, int64_t since)
{
	const struct waiting *waiting = &look->listing.waiting;
	int64_t due = since > waiting->next ? since : waiting->next;

	if (look->facts.has_trouble && look->facts.trouble.next > due)
		due = look->facts.trouble.next;
	return due;
}

static void
take_waiting(struct look *look)
{
	const struct listing *listing = &look->listing;
	const struct waiting *waiting = &listing->waiting;
	struct heap *heap = look->heap;
	int64_t since = listing->arrived > waiting->not_before
	    ? listing->arrived
	    : waiting->not_before;
	int64_t lifetime = look->settings.lifetime;

	if (listing->state == LISTING_HELD) {
		heap->held++;
		return;
	}
	if (waiting->not_before > look->now) {
		heap->later++;
		return;
	}
	heap->count++;
	note_oldest(look, since);
	if (listing->file != ENVELOPE_FILE_READ)
		return;
	if (waiting->tried > 0 &&
	    schedule_left(waiting, look->clock, lifetime) <=
		lifetime / NEAR_END)
		heap->is_ending = true;
	if (listing->state == LISTING_WAITING &&
	    look->now - due_at(look, since) > LATE &&
	    look->now - look->last_run > LATE) {
		heap->is_late = true;
		heap->last_run = look->last_run;
	}
}

static void
take_dead(struct look *look)
{
	look->heap->count++;
	note_oldest(look, look->listing.arrived);
}

static void
look_at_all(struct look *look, bool is_dead)
{
	struct folder_list list = {0};

	if (!folder_read(
		&list, is_dead ? look->folder.dead : look->folder.mail))
		error_set(&look->heap->err, ERROR_TEMPORARY,
		    "cannot read the queue %s", look->folder.path);
	for (size_t i = 0; i < list.count; i++) {
		if (clock_now() >= look->deadline) {
			look->heap->is_cut = true;
			break;
		}
		if (!listing_read(
			&look->listing, &look->folder, is_dead, &list.ids[i]) ||
		    !is_ours(look))
			continue;
		if (is_dead)
			take_dead(look);
		else
			take_waiting(look);
	}
	folder_list_free(&list);
}

static void
look_at_spool(struct look *look, const struct spool_path *path, bool is_dead)
{
	const struct profile *profile = look->diagnosis->profile;
	struct server_state *trouble = &look->facts.trouble;

	switch (folder_find_of(
	    &look->folder, path->path, path->owner, &look->heap->err)) {
	case FOLDER_OPEN:
		clock_read(&look->folder, &look->clock);
		look->last_run = clock_last_runner(&look->folder);
		look->facts.has_trouble =
		    server_state_read(trouble, &look->folder, profile->name,
			server_state_fingerprint(profile));
		look_at_all(look, is_dead);
		server_state_free(trouble);
		break;
	case FOLDER_ABSENT:
	case FOLDER_REFUSED:
		break;
	}
	folder_close(&look->folder);
}

static void
look_at_spools(
    const struct diagnosis *diagnosis, struct heap *heap, bool is_dead)
{
	const struct profile *profile = diagnosis->profile;
	struct spool_paths paths = {0};
	struct look look = {.diagnosis = diagnosis,
	    .heap = heap,
	    .settings = runner_settings_of(profile),
	    .now = (int64_t)time(NULL),
	    .deadline =
		deadline_earlier(diagnosis->deadline, deadline_in(STEP_TIME))};

	look.facts.is_known = true;
	look.facts.schedule = look.settings.retry;
	look.facts.lifetime = look.settings.lifetime;
	spool_paths_find_own(&paths, profile->queue.dir);
	for (size_t i = 0; i < paths.count; i++)
		look_at_spool(&look, &paths.list[i], is_dead);
	spool_paths_free(&paths);
	listing_free(&look.listing);
}

/* "7 mails", or "at least 7 mails" */
static void
add_count(struct buf *out, const struct heap *heap)
{
	buf_add_format(out, "%s%zu mail%s", heap->is_cut ? "at least " : "",
	    heap->count, heap->count == 1 ? "" : "s");
}

/* Adds that there is no mail of a kind. */
static struct finding *
add_none(struct diagnosis *diagnosis, const char *id, const char *text)
{
	bool is_never = diagnosis->profile->queue.use == QUEUE_NEVER;

	return finding_add(&diagnosis->findings, id,
	    is_never ? SEVERITY_SKIPPED : SEVERITY_OK, "%s",
	    is_never ? "queue = never: no mail is kept" : text);
}

/* Greylisting: many servers put off the first mail from an address. */
static bool
lacks_queue(const struct profile *profile)
{
	return profile_is_direct(profile) &&
	    queue_policy_use(&profile->queue, true) == QUEUE_NEVER;
}

/*
 * No mail waits to be tried. Some may be held or wait for their time, or be in
 * a spool that cannot be read.
 */
static void
report_none(struct diagnosis *diagnosis, const struct heap *heap)
{
	struct findings *findings = &diagnosis->findings;
	struct finding *finding;

	if (heap->err.kind != ERROR_NONE) {
		finding_add_error(
		    findings, QUEUE_ID, SEVERITY_WARNING, &heap->err);
		return;
	}
	if (heap->held + heap->later == 0 && lacks_queue(diagnosis->profile)) {
		finding = finding_add(findings, QUEUE_ID, SEVERITY_NOTE,
		    "no queue keeps the mail that a server puts off at the "
		    "first attempt, as many do");
		finding_add_setting(finding, "queue", "on-tempfail");
	} else if (heap->held + heap->later == 0) {
		finding = add_none(diagnosis, QUEUE_ID, "no mail waits");
	} else {
		finding = finding_add(findings, QUEUE_ID,
		    heap->held > 0 ? SEVERITY_NOTE : SEVERITY_OK,
		    "no mail waits for the server: %zu held, %zu for a later "
		    "time",
		    heap->held, heap->later);
	}
	finding_add_number(finding, "mails", 0);
}

static void
report_waiting(struct diagnosis *diagnosis, const struct heap *heap)
{
	int64_t age = (int64_t)time(NULL) - heap->since;
	bool is_old = age >= OLD || heap->is_ending;
	struct finding *finding;
	struct buf text = {0};

	add_count(&text, heap);
	buf_add_text(
	    &text, heap->count == 1 ? " waits for " : " wait, the oldest for ");
	calendar_add_span(&text, age);
	if (heap->is_ending)
		buf_add_text(&text, ", and queue-lifetime is nearly over");
	if (heap->is_late && heap->last_run > 0) {
		buf_add_text(&text, ", and the queue was last run on ");
		calendar_add_utc(&text, heap->last_run);
	} else if (heap->is_late) {
		buf_add_text(&text, ", and nothing runs the queue");
	}
	if (heap->reason != NULL)
		buf_add_format(&text, ": %s", heap->reason);
	finding = finding_add(&diagnosis->findings, QUEUE_ID,
	    is_old ? SEVERITY_FAILURE : SEVERITY_WARNING, "%s",
	    buf_text(&text));
	if (heap->is_late)
		finding_set_hint(finding,
		    "enable smtpost-queue.timer, or run smtpost --queue-run by "
		    "cron, as in smtpost-queue(7)");
	else
		finding_set_hint(finding,
		    "smtpost --queue-show %s shows the oldest", heap->id.text);
	finding_add_number(finding, "mails", (int64_t)heap->count);
	finding_add_number(finding, "oldest", age);
	buf_free(&text);
}

bool
queue_check_keeps(const struct profile *profile, struct error *err)
{
	const struct keep keep = {.profile = profile, .uid = getuid()};

	return keep_is_possible(&keep, err);
}

/* Says why the queue takes no mail. With queue = always, no mail is sent. */
static bool
report_unusable(struct diagnosis *diagnosis)
{
	enum queue_use use = queue_policy_use(&diagnosis->profile->queue, true);
	struct error err = {0};

	if (use == QUEUE_NEVER || queue_check_keeps(diagnosis->profile, &err))
		return false;
	finding_add_error(&diagnosis->findings, QUEUE_ID,
	    use == QUEUE_ALWAYS ? SEVERITY_FAILURE : SEVERITY_WARNING, &err);
	return true;
}

void
queue_check_mail(struct diagnosis *diagnosis)
{
	struct heap heap = {0};
	bool is_unusable;

	look_at_spools(diagnosis, &heap, false);
	is_unusable = report_unusable(diagnosis);
	if (heap.count > 0)
		report_waiting(diagnosis, &heap);
	else if (!is_unusable)
		report_none(diagnosis, &heap);
	free(heap.reason);
}

void
queue_check_dead(struct diagnosis *diagnosis)
{
	struct findings *findings = &diagnosis->findings;
	struct finding *finding;
	struct heap heap = {0};
	struct buf text = {0};

	/* A spool that cannot be read is the fault of the check before. */
	look_at_spools(diagnosis, &heap, true);
	if (heap.count > 0) {
		add_count(&text, &heap);
		buf_add_text(&text, " could neither be sent nor returned");
		if (heap.reason != NULL)
			buf_add_format(&text, ": %s", heap.reason);
		finding = finding_add(
		    findings, DEAD_ID, SEVERITY_WARNING, "%s", buf_text(&text));
		finding_set_hint(finding,
		    "list them with smtpost --queue-list --where state=dead, "
		    "look at one with smtpost --queue-show %s, then use "
		    "smtpost --queue-release or --queue-remove",
		    heap.id.text);
	} else if (heap.err.kind != ERROR_NONE) {
		finding = finding_add(findings, DEAD_ID, SEVERITY_SKIPPED,
		    "the queue cannot be read");
	} else {
		finding = add_none(diagnosis, DEAD_ID, "no mail was given up");
	}
	finding_add_number(finding, "mails", (int64_t)heap.count);
	buf_free(&text);
	free(heap.reason);
}
