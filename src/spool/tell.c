/*
 * Telling. First the mail's records name the notification, then it is made
 * under that name, then the records say that it is made. Whoever finds the
 * first record alone looks whether the notification is there whole.
 */
#include "spool/tell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/mem.h"
#include "spool/notification_message.h"
#include "spool/peek.h"
#include "spool/record.h"

static bool
append(struct claim *claim, struct buf *records)
{
	bool done = claim_append(claim, buf_span(records), true);

	buf_free(records);
	return done;
}

/* The recipients of the notification that was begun and not made. */
static enum notification_event
find_begun(const struct waiting *waiting, size_t **who, size_t *count)
{
	const struct envelope *envelope = &waiting->envelope;
	size_t relayed = 0, failed = 0;

	*count = 0;
	*who = mem_new(envelope->count, sizeof(**who));
	for (size_t i = 0; i < envelope->count; i++) {
		enum action action = envelope->recipients[i].outcome.action;

		if (waiting->recipients[i].notification !=
		    waiting->notifications)
			continue;
		relayed += action == ACTION_RELAYED;
		failed += action == ACTION_FAILED;
		(*who)[(*count)++] = i;
	}
	return relayed == *count ? NOTIFICATION_RELAYED
	    : failed == *count	 ? NOTIFICATION_FAILED
				 : NOTIFICATION_EXPIRED;
}

static struct notification
describe(const struct tell *tell, const struct claim *claim,
    enum notification_event event, const size_t *who, size_t count)
{
	const struct profile *profile = tell->profile;
	int64_t age = tell->clock - claim->waiting.clock;

	return (struct notification){
	    .event = event,
	    .about = &claim->waiting,
	    .who = who,
	    .count = count,
	    .content = claim->content,
	    .sender = profile != NULL ? profile->sender : NULL,
	    .ehlo_name = profile != NULL ? profile->ehlo_name : NULL,
	    .profile = profile,
	    .server = tell->server,
	    .trouble = tell->trouble,
	    .server_has_utf8 = tell->offers_utf8,
	    .now = tell->now,
	    .clock = tell->clock,
	    .retry_until = tell->now + tell->settings->lifetime - age,
	};
}

/* Whether the spool has it whole already, or another process sends it. */
static bool
is_whole(const struct folder *folder, const struct id *id)
{
	struct claim claim;
	enum claim_result result = claim_take(&claim, folder, folder->mail, id);

	claim_close(&claim);
	return result == CLAIM_TAKEN || result == CLAIM_BUSY;
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

static bool
add_notification(const struct tell *tell, const struct id *id,
    const struct notification *notification)
{
	struct waiting made = {0};
	struct error err = {0};
	struct add add;
	bool done;

	unlink_remains(tell->folder, id);
	done = add_begin(&add, tell->folder, id, tell->now, &err) &&
	    notification_message_add(notification, &add, &made, &err) &&
	    add_commit(&add, &made, &err);
	if (done)
		add_release(&add);
	else {
		int error = add.error != 0 ? add.error : EIO;

		add_abandon(&add);
		errno = error;
	}
	waiting_free(&made);
	return done;
}

/* The record that begins it, unless it is there. */
static bool
begin(const struct tell *tell, struct claim *claim,
    const struct notification *notification)
{
	struct waiting *waiting = &claim->waiting;
	struct buf records;
	struct id id;

	if (waiting->is_notifying)
		return true;
	if (!id_make(&id, tell->now)) {
		errno = EIO;
		return false;
	}
	buf_init(&records, WAITING_LINE_MAX);
	if (notification->event == NOTIFICATION_DELAYED) {
		/* Its recipients can be told of another end later. */
		record_add_word(
		    &records, waiting, tell->now, "warned", id.text);
		waiting->notification = id;
	} else {
		record_add_notification(&records, waiting, tell->now, &id,
		    notification->who, notification->count);
	}
	return append(claim, &records);
}

static bool
end(const struct tell *tell, struct claim *claim)
{
	struct buf records = {0};

	if (!claim->waiting.is_notifying)
		return true;
	record_add_word(&records, &claim->waiting, tell->now, "notified", NULL);
	return append(claim, &records);
}

static bool
make(struct tell *tell, struct claim *claim,
    const struct notification *notification)
{
	const struct folder *folder = tell->folder;
	struct id id;

	if (!begin(tell, claim, notification))
		return false;
	id = claim->waiting.notification;
	/* What a killed process left may be in memory only. */
	if (!durable_sync_folder(folder->mail) ||
	    (!is_whole(folder, &id) &&
		!add_notification(tell, &id, notification)) ||
	    !end(tell, claim))
		return false;
	*(struct id *)mem_append(&tell->made, &tell->made_count, sizeof(id)) =
	    id;
	return true;
}

/* Ends what a killed process began. */
static enum tell_result
tell_begun(struct tell *tell, struct claim *claim)
{
	size_t *who, count;
	enum notification_event event =
	    find_begun(&claim->waiting, &who, &count);
	struct notification notification =
	    describe(tell, claim, event, who, count);
	bool done = make(tell, claim, &notification);

	free(who);
	return done ? TELL_DONE : TELL_LATER;
}

/* Tells of those of whom one record can tell. */
static enum tell_result
tell_some(struct tell *tell, struct claim *claim, enum notification_event event)
{
	struct notification notification;
	size_t *who, count;
	bool done;

	switch (notification_choose(&claim->waiting, event, &who, &count)) {
	case NOTIFICATION_UNWANTED:
		return TELL_NOBODY;
	case NOTIFICATION_FORBIDDEN:
		return TELL_FORBIDDEN;
	case NOTIFICATION_WANTED:
		break;
	}
	if (count > RECORD_RECIPIENTS_MAX)
		count = RECORD_RECIPIENTS_MAX;
	notification = describe(tell, claim, event, who, count);
	done = make(tell, claim, &notification);
	free(who);
	return done ? TELL_DONE : TELL_LATER;
}

enum tell_result
tell_sender(
    struct tell *tell, struct claim *claim, enum notification_event event)
{
	enum tell_result result = TELL_DONE;
	bool is_told = false;

	if (claim->waiting.is_notifying)
		return tell_begun(tell, claim);
	if (!tell->settings->notifies)
		return TELL_NOBODY;
	/* Those who are told of are chosen no more, so this ends. */
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
	bool may = false;
	int fd;

	folder_name(name, &notification->parent, "env");
	fd = openat(
	    folder->mail, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT;
	if (durable_sync(fd))
		may = peek_read(&parent, folder->mail, &notification->parent) !=
			PEEK_READ ||
		    !parent.is_notifying ||
		    strcmp(parent.notification.text, notification->id.text) !=
			0;
	waiting_free(&parent);
	close(fd);
	return may;
}
