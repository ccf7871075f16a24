/*
 * Makes notifications. First the records of the mail name the notification,
 * then it is made under that name, then the records say that it is made. A run
 * that finds the first of these records alone makes what is missing.
 */
#include "spool/tell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address/domain.h"
#include "base/durable.h"
#include "base/mem.h"
#include "spool/envelope_file.h"
#include "spool/notification_message.h"
#include "spool/record.h"
#include "spool/schedule.h"

#define NAMES_TRIED 100

static bool
append(struct claim *claim, struct buf *records)
{
	bool done = claim_append(claim, buf_span(records), true);

	buf_free(records);
	return done;
}

/* The recipients of the notification that was begun and not made. */
static size_t *
find_begun(const struct waiting *waiting, size_t *count)
{
	size_t recipients = waiting->envelope.count;
	size_t *who = mem_new(recipients, sizeof(*who));

	*count = 0;
	for (size_t i = 0; i < recipients; i++)
		if (waiting->recipients[i].notification ==
		    waiting->notifications)
			who[(*count)++] = i;
	return who;
}

/* Our name as in EHLO, if it is one; NULL: we have none but our address. */
static const char *
find_own_name(struct tell *tell)
{
	struct span host;

	if (tell->profile != NULL && tell->profile->ehlo_name != NULL)
		return tell->profile->ehlo_name;
	if (gethostname(tell->host, sizeof(tell->host) - 1) < 0)
		return NULL;
	host = span_from(tell->host);
	return domain_is_ldh(host) && domain_is_fqdn(host) ? tell->host : NULL;
}

static struct notification
describe(struct tell *tell, const struct claim *claim,
    enum notification_event event, const size_t *who, size_t count)
{
	const struct profile *profile = tell->profile;
	return (struct notification){
	    .event = event,
	    .about = &claim->waiting,
	    .who = who,
	    .count = count,
	    .content = claim->content,
	    .sender = profile != NULL ? profile->sender : NULL,
	    .ehlo_name = find_own_name(tell),
	    .profile = profile,
	    .server = tell->server,
	    .trouble = tell->trouble,
	    .server_has_utf8 = tell->offers_utf8,
	    .now = tell->now,
	    .clock = tell->clock,
	    .retry_until = tell->now +
		schedule_left(
		    &claim->waiting, tell->clock, tell->settings->lifetime),
	};
}

/* Unlinks what is there under the name and is not a whole mail. */
static void
unlink_remains(const struct folder *folder, const struct id *id)
{
	static const char *const endings[] = {"env", "tmp", "eml"};
	char name[FOLDER_NAME_SIZE];

	for (size_t i = 0; i < 3; i++) {
		folder_name(name, id, endings[i]);
		unlinkat(folder->mail, name, 0);
	}
}

/* On success the new mail stays locked until add_release. */
static bool
add_notification(const struct tell *tell, struct add *add, const struct id *id,
    const struct notification *notification)
{
	struct waiting made = {0};
	struct error err = {0};
	bool done;

	unlink_remains(tell->folder, id);
	done = add_begin(add, tell->folder, id, tell->now, &err) &&
	    notification_message_add(notification, add, &made, &err) &&
	    add_commit(add, &made, &err);
	if (!done) {
		int error = add->error != 0 ? add->error : EIO;

		add_abandon(add);
		errno = error;
	}
	waiting_free(&made);
	return done;
}

static bool
is_about(const struct waiting *made, const struct claim *claim)
{
	return made->kind == WAITING_NOTIFICATION &&
	    strcmp(made->parent.text, claim->id.text) == 0;
}

/* Whether another mail has this name: a second has only 65,536 of them. */
static bool
is_taken(
    const struct tell *tell, const struct claim *claim, const struct id *id)
{
	struct waiting made;
	struct buf text = {0};
	enum envelope_file file = envelope_file_peek(
	    &made, &text, tell->folder, tell->folder->mail, id);
	bool is_other =
	    (file == ENVELOPE_FILE_READ || file == ENVELOPE_FILE_DAMAGED ||
		file == ENVELOPE_FILE_FOREIGN) &&
	    !is_about(&made, claim);

	waiting_free(&made);
	buf_free(&text);
	return is_other;
}

/* False with errno. */
static bool
choose_id(const struct tell *tell, const struct claim *claim, struct id *id)
{
	for (int tried = 0; tried < NAMES_TRIED; tried++) {
		if (!id_make(id, tell->now))
			break;
		if (!is_taken(tell, claim, id))
			return true;
	}
	errno = EIO;
	return false;
}

/* The record that begins it, unless it is there and its name is of use. */
static bool
begin(const struct tell *tell, struct claim *claim,
    const struct notification *notification)
{
	struct waiting *waiting = &claim->waiting;
	struct buf records;
	struct id id;

	if (waiting->is_notifying &&
	    !is_taken(tell, claim, &waiting->notification))
		return true;
	if (!choose_id(tell, claim, &id))
		return false;
	buf_init(&records, WAITING_LINE_MAX);
	record_add_notification(&records, waiting, tell->now, &id,
	    notification->event, notification->who, notification->count);
	return append(claim, &records);
}

static bool
end(const struct tell *tell, struct claim *claim)
{
	struct buf records = {0};

	record_add_word(&records, &claim->waiting, tell->now, "notified", NULL);
	return append(claim, &records);
}

/*
 * Makes the notification unless it is there whole, and records that it is
 * made. Until then it is locked, so that nobody sends or sweeps it.
 */
static enum tell_result
finish(struct tell *tell, struct claim *claim,
    const struct notification *notification)
{
	struct add add = {.fd = -1, .lock = -1};
	struct id id = claim->waiting.notification;
	struct claim made;
	enum tell_result result = TELL_LATER;

	switch (claim_take(&made, tell->folder, tell->folder->mail, &id)) {
	case CLAIM_TAKEN:
		if (!is_about(&made.waiting, claim))
			result = TELL_BUSY;
		else if (end(tell, claim))
			result = TELL_DONE;
		break;
	case CLAIM_NEWER:
		if (end(tell, claim))
			result = TELL_DONE;
		break;
	case CLAIM_GONE:
	case CLAIM_DAMAGED:
		if (add_notification(tell, &add, &id, notification) &&
		    end(tell, claim))
			result = TELL_DONE;
		break;
	case CLAIM_BUSY:
		result = TELL_BUSY;
		break;
	case CLAIM_FAILED:
		break;
	}
	claim_close(&made);
	add_release(&add);
	return result;
}

static enum tell_result
make(struct tell *tell, struct claim *claim,
    const struct notification *notification)
{
	enum tell_result result;
	struct id id;

	/* What a killed process left may be in memory only. */
	if (!begin(tell, claim, notification) ||
	    !durable_sync_folder(tell->folder->mail))
		return TELL_LATER;
	id = claim->waiting.notification;
	result = finish(tell, claim, notification);
	if (result == TELL_DONE)
		*(struct id *)mem_append(
		    &tell->made, &tell->made_count, sizeof(id)) = id;
	return result;
}

/* Ends what a killed process began. */
static enum tell_result
tell_begun(struct tell *tell, struct claim *claim)
{
	size_t count, *who = find_begun(&claim->waiting, &count);
	struct notification notification =
	    describe(tell, claim, claim->waiting.event, who, count);
	enum tell_result result = make(tell, claim, &notification);

	free(who);
	return result;
}

/* Tells of as many recipients as one record can name. */
static enum tell_result
tell_some(struct tell *tell, struct claim *claim, enum notification_event event)
{
	struct notification notification;
	enum tell_result result;
	size_t *who, count;

	switch (notification_choose(&claim->waiting, event, &who, &count)) {
	case NOTIFICATION_UNWANTED:
		return TELL_NOBODY;
	case NOTIFICATION_FORBIDDEN:
		return TELL_FORBIDDEN;
	case NOTIFICATION_WANTED:
		break;
	}
	if (!tell->settings->notifies) {
		free(who);
		return event == NOTIFICATION_FAILED ||
			event == NOTIFICATION_EXPIRED
		    ? TELL_FORBIDDEN
		    : TELL_NOBODY;
	}
	if (count > RECORD_RECIPIENTS_MAX)
		count = RECORD_RECIPIENTS_MAX;
	notification = describe(tell, claim, event, who, count);
	result = make(tell, claim, &notification);
	free(who);
	return result;
}

enum tell_result
tell_sender(
    struct tell *tell, struct claim *claim, enum notification_event event)
{
	enum tell_result result = TELL_DONE;
	bool is_told = false;

	if (claim->waiting.is_notifying)
		return tell_begun(tell, claim);
	/* Recipients that were told of are not chosen again, so this ends. */
	while (result == TELL_DONE) {
		result = tell_some(tell, claim, event);
		is_told |= result == TELL_DONE;
	}
	return is_told && result == TELL_NOBODY ? TELL_DONE : result;
}

bool
tell_may_be_sent(
    const struct folder *folder, const struct waiting *notification)
{
	char name[FOLDER_NAME_SIZE];
	struct waiting parent = {0};
	struct buf text = {0};
	bool may;
	int fd;

	folder_name(name, &notification->parent, "env");
	fd = openat(
	    folder->mail, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT;
	may = envelope_file_read(&parent, &text, fd, &notification->parent) !=
		ENVELOPE_FILE_READ ||
	    !parent.is_notifying ||
	    strcmp(parent.notification.text, notification->id.text) != 0;
	waiting_free(&parent);
	buf_free(&text);
	/* What was read may be in memory only, so the sync comes after it. */
	may = may && durable_sync(fd);
	close(fd);
	return may;
}
