/*
 * Changes mail of the queue by hand. The mails are chosen without their locks;
 * whether each is still there is decided under its lock.
 */
#include "cli/queue_edit.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/json_text.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "cli/consent.h"
#include "cli/fault.h"
#include "cli/output.h"
#include "cli/queue_owner.h"
#include "cli/queue_places.h"
#include "cli/report.h"
#include "spool/claim.h"
#include "spool/clock.h"
#include "spool/record.h"

#define LOCK_WAIT 5000 /* milliseconds, for all mails of the call */
#define LOCK_STEP 50
#define OWNER_TIME ((int64_t)60 * 1000) /* for a child; and for each mail: */
#define OWNER_TIME_EACH 200

enum deed { DEED_HOLD, DEED_RELEASE, DEED_REMOVE };

static const char *const verbs[] = {
    [DEED_HOLD] = "hold",
    [DEED_RELEASE] = "release",
    [DEED_REMOVE] = "remove",
};

static const char *const words[] = {
    [DEED_HOLD] = "held",
    [DEED_RELEASE] = "released",
    [DEED_REMOVE] = "removed",
};

/* A mail that was chosen. */
struct target {
	const struct queue_spool *spool; /* borrowed */
	bool is_dead;
	struct id id;
};

struct edit {
	enum deed deed;
	const char *profile; /* -P; NULL: not given */
	enum report_form form;
	char who[24]; /* the number of the user who asked */
	bool has_pattern, takes_dead;
	struct target *targets;	   /* owned; those of a spool stand together */
	size_t count, first, last; /* first to last - 1: of one spool */
	int64_t deadline;	   /* until then a lock is waited for */
	int exit_status;
};

static void
collect(void *context, const struct queue_mail *mail)
{
	struct edit *edit = context;
	bool is_dead = mail->listing->state == LISTING_DEAD;
	struct target *target;

	if (is_dead && edit->has_pattern && !edit->takes_dead)
		return;
	target = mem_append(&edit->targets, &edit->count, sizeof(*target));
	*target = (struct target){mail->spool, is_dead, mail->listing->id};
}

static void
complain(struct edit *edit, enum error_kind kind, const struct id *id,
    const char *why)
{
	struct error err = {0};

	error_set(&err, kind, "cannot %s the mail %s: %s", verbs[edit->deed],
	    id->text, why);
	fault_print_error(&err);
	/* A retry may help: that matters more than the other errors. */
	if (edit->exit_status != EX_TEMPFAIL)
		edit->exit_status = error_exit_status(kind);
}

static void
print_success(const struct edit *edit, const struct id *id)
{
	struct buf line = {0};

	if (edit->form == REPORT_TEXT)
		buf_add_format(&line, "%s\t%s\n", id->text, words[edit->deed]);
	if (edit->form == REPORT_JSON) {
		buf_add_char(&line, '{');
		json_text_add_member(&line, "queue-id", id->text);
		json_text_add_member(&line, "outcome", words[edit->deed]);
		buf_add_text(&line, "}\n");
	}
	output_write(&line, stdout);
	buf_free(&line);
}

/* Takes the mail; waits for its lock until the deadline. */
static enum claim_result
take(const struct edit *edit, const struct folder *folder, struct claim *claim,
    const struct target *target)
{
	int place = target->is_dead ? folder->dead : folder->mail;
	enum claim_result result;

	while ((result = claim_take(claim, folder, place, &target->id)) ==
	    CLAIM_BUSY) {
		if (clock_now() >= edit->deadline)
			break;
		claim_close(claim);
		poll(NULL, 0, LOCK_STEP);
	}
	return result;
}

/*
 * Recipients that failed before it was put aside are tried once more, unless
 * their failure was told.
 */
static void
add_reopening(struct buf *out, struct waiting *waiting, int64_t now)
{
	struct envelope *envelope = &waiting->envelope;
	struct outcome open = {0};
	size_t *who = mem_new(envelope->count + 1, sizeof(*who)), count = 0;

	for (size_t i = 0; i < envelope->count; i++)
		if (envelope->recipients[i].outcome.action == ACTION_FAILED &&
		    !waiting->recipients[i].is_notified)
			who[count++] = i;
	if (count > 0)
		record_add_result(out, waiting, now, who, count, &open);
	free(who);
}

/* False with errno. */
static bool
add_records(
    const struct edit *edit, struct claim *claim, bool is_dead, struct buf *out)
{
	int64_t now = (int64_t)time(NULL), clock;

	switch (edit->deed) {
	case DEED_HOLD:
		if (!claim->waiting.is_held)
			record_add_word(
			    out, &claim->waiting, now, "hold", edit->who);
		break;
	case DEED_RELEASE:
		if (!clock_read(claim->folder, &clock))
			return false;
		if (edit->profile != NULL)
			record_add_word(out, &claim->waiting, now, "profile",
			    edit->profile);
		if (is_dead)
			add_reopening(out, &claim->waiting, now);
		record_add_release(out, &claim->waiting, now, edit->who, clock);
		break;
	case DEED_REMOVE:
		/* No run looks at the records of mail that was put aside. */
		if (!is_dead)
			record_add_word(
			    out, &claim->waiting, now, "removed", edit->who);
		break;
	}
	errno = EFBIG;
	return !out->full;
}

/*
 * A power cut may bring the files back; then the record says that they can go.
 * Where there is none, and on a full disk, the folder is synced instead.
 */
static bool
remove_files(struct claim *claim, struct span record)
{
	bool is_recorded = record.len > 0 && claim_append(claim, record, true);

	if (record.len > 0 && !is_recorded && errno != ENOSPC &&
	    errno != EDQUOT)
		return false;
	return claim_finish(claim) &&
	    (is_recorded || durable_sync_folder(claim->place));
}

/* False with errno. */
static bool
change(const struct edit *edit, struct claim *claim, bool is_dead)
{
	struct buf records;
	bool done;

	buf_init(&records, WAITING_OCTETS_MAX);
	done = add_records(edit, claim, is_dead, &records);
	if (done && edit->deed == DEED_REMOVE)
		done = remove_files(claim, buf_span(&records));
	else if (done && records.len > 0)
		done = claim_append(claim, buf_span(&records), true);
	buf_free(&records);
	if (done && edit->deed == DEED_RELEASE && is_dead)
		done = claim_move(claim, claim->folder->mail);
	return done;
}

/* A damaged mail can only be removed. */
static void
edit_damaged(
    struct edit *edit, struct claim *claim, const struct target *target)
{
	if (edit->deed != DEED_REMOVE)
		complain(
		    edit, ERROR_DATA, &target->id, "its files are damaged");
	else if (claim_finish(claim))
		print_success(edit, &target->id);
	else
		complain(edit, ERROR_TEMPORARY, &target->id, strerror(errno));
}

static void
edit_mail(
    struct edit *edit, const struct folder *folder, const struct target *target)
{
	struct claim claim;

	switch (take(edit, folder, &claim, target)) {
	case CLAIM_TAKEN:
		if (claim_is_over(&claim)) {
			claim_finish(&claim);
			complain(edit, ERROR_NO_INPUT, &target->id,
			    "it was sent or removed meanwhile");
		} else if (target->is_dead && edit->deed == DEED_HOLD)
			complain(edit, ERROR_NO_INPUT, &target->id,
			    "it was put aside already, and is not tried");
		else if (change(edit, &claim, target->is_dead))
			print_success(edit, &target->id);
		else
			complain(edit, ERROR_TEMPORARY, &target->id,
			    strerror(errno));
		break;
	case CLAIM_BUSY:
		complain(edit, ERROR_TEMPORARY, &target->id,
		    "it is being sent\nhint: try again in a minute");
		break;
	case CLAIM_GONE:
		complain(edit, ERROR_NO_INPUT, &target->id,
		    "it was sent or removed meanwhile");
		break;
	case CLAIM_NEWER:
		complain(edit, ERROR_TEMPORARY, &target->id,
		    "a newer smtpost wrote it\nhint: use that one");
		break;
	case CLAIM_DAMAGED:
		edit_damaged(edit, &claim, target);
		break;
	case CLAIM_FAILED:
		complain(edit, ERROR_TEMPORARY, &target->id, strerror(errno));
		break;
	}
	claim_close(&claim);
}

/* The mails of one spool, by its owner. Returns the exit status. */
static int
edit_spool(void *context)
{
	struct edit *edit = context;
	const struct spool_path *path = &edit->targets[edit->first].spool->path;
	struct error err = {0};
	struct folder folder;

	switch (folder_find_of(&folder, path->path, path->owner, &err)) {
	case FOLDER_OPEN:
		for (size_t i = edit->first; i < edit->last; i++)
			edit_mail(edit, &folder, &edit->targets[i]);
		break;
	case FOLDER_ABSENT:
		for (size_t i = edit->first; i < edit->last; i++)
			complain(edit, ERROR_NO_INPUT, &edit->targets[i].id,
			    "the queue was removed meanwhile");
		break;
	case FOLDER_REFUSED:
		fault_print_error(&err);
		edit->exit_status = EX_TEMPFAIL;
		break;
	}
	folder_close(&folder);
	return edit->exit_status;
}

static void
edit_all(struct edit *edit, struct queue_places *places)
{
	edit->deadline = deadline_in(LOCK_WAIT);
	for (; edit->first < edit->count; edit->first = edit->last) {
		const struct queue_spool *spool =
		    edit->targets[edit->first].spool;
		int64_t deadline;
		int status = 0;
		struct error err = {0};

		edit->last = edit->first;
		while (edit->last < edit->count &&
		    edit->targets[edit->last].spool == spool)
			edit->last++;
		deadline = deadline_in(OWNER_TIME +
		    OWNER_TIME_EACH * (int64_t)(edit->last - edit->first));
		if (spool->path.owner == geteuid())
			status = edit_spool(edit);
		else if (!queue_owner_run(spool->path.owner, edit_spool, edit,
			     deadline, &status, &err))
			queue_places_complain(places, &err);
		if (status != 0)
			places->exit_status = status;
	}
}

/* Whether the user agrees; *is_refused: the user was asked, and does not. */
static bool
has_consent(const struct options *options, const struct edit *edit,
    bool *is_refused, struct error *err)
{
	const char *verb = verbs[edit->deed];

	if (options->has_consent ||
	    (edit->count < 2 && edit->deed != DEED_REMOVE))
		return true;
	if (!isatty(STDIN_FILENO))
		return error_set(err, ERROR_USAGE,
		    "cannot %s %zu mail%s without --yes: there is no terminal "
		    "to ask at",
		    verb, edit->count, edit->count == 1 ? "" : "s");
	fprintf(stderr, "smtpost: %s %zu mail%s? (y/N) ", verb, edit->count,
	    edit->count == 1 ? "" : "s");
	if (consent_read(stdin))
		return true;
	fputs("smtpost: nothing was changed\n", stderr);
	*is_refused = true;
	return false;
}

static bool
has_own(const struct edit *edit)
{
	for (size_t i = 0; i < edit->count; i++)
		if (edit->targets[i].spool->path.owner == geteuid())
			return true;
	return false;
}

/*
 * Whether mail may be moved to the profile of -P. The profiles of other users
 * are not read as root.
 */
static bool
check_profile(const struct queue_places *places, const struct edit *edit,
    struct error *err)
{
	const char *name = edit->profile;
	char *shown;

	if (name == NULL || !has_own(edit))
		return true;
	if (places->profiles == NULL) {
		*err = places->config_error;
		return false;
	}
	if (profiles_find(places->profiles, span_from(name)) != NULL)
		return true;
	shown = utf8_excerpt_masked(span_from(name), 128);
	error_set(err, ERROR_CONFIG,
	    "cannot move mail to the profile \"%s\": there is no such profile",
	    shown);
	free(shown);
	return false;
}

static enum deed
deed_of(enum mode mode)
{
	if (mode == MODE_QUEUE_HOLD)
		return DEED_HOLD;
	return mode == MODE_QUEUE_RELEASE ? DEED_RELEASE : DEED_REMOVE;
}

static bool
run(struct edit *edit, const struct options *options,
    struct queue_places *places, struct queue_select *select, struct error *err)
{
	bool is_refused = false;

	if (!queue_select_make(select, options, true, err) ||
	    !queue_places_open(places, options, err))
		return false;
	edit->has_pattern = select->condition_count > 0;
	/* Mail that was put aside is not tried, so it cannot be held. */
	edit->takes_dead = edit->deed != DEED_HOLD ||
	    queue_select_names_state(select, LISTING_DEAD);
	queue_places_each(places, select, collect, edit);
	queue_places_complain_missing(places, select);
	if (edit->count == 0)
		return true;
	if (!check_profile(places, edit, err))
		return false;
	if (!has_consent(options, edit, &is_refused, err))
		return is_refused;
	edit_all(edit, places);
	return output_end(err);
}

bool
queue_edit_run(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct edit edit = {.deed = deed_of(options->mode),
	    .profile = options->profile,
	    .form = options_report(options)};
	struct queue_places places = {0};
	struct queue_select select = {0};
	bool done;

	snprintf(edit.who, sizeof(edit.who), "%lu", (unsigned long)getuid());
	done = run(&edit, options, &places, &select, err);
	result->exit_status = places.exit_status;
	if (!done)
		report_print_error(edit.form, err, stdout);
	free(edit.targets);
	queue_places_close(&places);
	queue_select_free(&select);
	return done;
}
