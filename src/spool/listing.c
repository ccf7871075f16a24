/*
 * Reads mails of the queue to show them. A file that cannot be trusted or read
 * is shown as such, and never stops the list.
 */
#include "spool/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "spool/history.h"

#define STATE_COUNT (sizeof(states) / sizeof(states[0]))
#define HOST_MAX 256

static const char *const states[] = {
    [LISTING_WAITING] = "waiting",
    [LISTING_SENDING] = "sending",
    [LISTING_HELD] = "held",
    [LISTING_DEAD] = "dead",
};

/* What is known of a mail without its envelope. */
static void
take_outside(struct listing *listing, int place)
{
	char name[FOLDER_NAME_SIZE];
	struct stat status;

	folder_name(name, &listing->id, "eml");
	if (fstatat(place, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(status.st_mode))
		listing->size = (uint64_t)status.st_size;
	for (size_t i = 0; i < 8; i++)
		listing->arrived = listing->arrived << 4 |
		    ascii_hex_value(listing->id.text[i]);
}

/* Whether the last record is of an attempt that has not ended. */
static bool
ends_in_attempt(struct span text)
{
	struct span line;

	if (text.len == 0)
		return false;
	text.len--;
	line = span_skip(text, span_find_last(text, '\n') + 1);
	return span_starts(line, SPAN("try ")) ||
	    span_starts(line, SPAN("doubt "));
}

/* Whether the process that began the last attempt lives on this host. */
static bool
has_live_process(const struct waiting *waiting)
{
	char host[HOST_MAX];

	return waiting->host != NULL && waiting->pid > 0 &&
	    waiting->pid <= INT32_MAX && gethostname(host, sizeof(host)) == 0 &&
	    memchr(host, '\0', sizeof(host)) != NULL &&
	    strcmp(host, waiting->host) == 0 &&
	    (kill((pid_t)waiting->pid, 0) == 0 || errno == EPERM);
}

/* What the last record `dead` says; caller frees. */
static char *
find_why_dead(const struct listing *listing)
{
	struct history history;
	char *why = NULL;

	history_begin(&history,
	    span_head(buf_span(&listing->text), listing->waiting.len));
	while (history_next(&history)) {
		if (strcmp(history_word(&history, 0), "dead") != 0)
			continue;
		free(why);
		why = mem_copy_text(history_word(&history, 2));
	}
	history_free(&history);
	return why;
}

static enum listing_state
state_of(const struct listing *listing, bool is_dead)
{
	const struct waiting *waiting = &listing->waiting;
	struct span text = span_head(buf_span(&listing->text), waiting->len);

	if (is_dead)
		return LISTING_DEAD;
	if (ends_in_attempt(text) && has_live_process(waiting))
		return LISTING_SENDING;
	return waiting->is_held ? LISTING_HELD : LISTING_WAITING;
}

bool
listing_read(struct listing *listing, const struct folder *folder, bool is_dead,
    const struct id *id)
{
	int place = is_dead ? folder->dead : folder->mail;
	struct waiting *waiting = &listing->waiting;

	waiting_free(waiting);
	free(listing->why_dead);
	*listing = (struct listing){.id = *id, .text = listing->text};
	listing->file =
	    envelope_file_peek(waiting, &listing->text, folder, place, id);
	if (listing->file == ENVELOPE_FILE_GONE)
		return false;
	if (listing->file != ENVELOPE_FILE_READ) {
		listing->error = errno;
		waiting_free(waiting);
		take_outside(listing, place);
		listing->state = is_dead ? LISTING_DEAD : LISTING_WAITING;
		return true;
	}
	listing->arrived = waiting->arrived;
	listing->size = waiting->content_size;
	listing->state = state_of(listing, is_dead);
	if (is_dead)
		listing->why_dead = find_why_dead(listing);
	return !waiting->is_done && !waiting->is_removed;
}

void
listing_free(struct listing *listing)
{
	waiting_free(&listing->waiting);
	buf_free(&listing->text);
	free(listing->why_dead);
	listing->why_dead = NULL;
}

const char *
listing_state_name(enum listing_state state)
{
	return states[state];
}

bool
listing_read_state_name(struct span name, enum listing_state *state)
{
	size_t i = 0;

	while (i < STATE_COUNT && !span_equal(name, span_from(states[i])))
		i++;
	*state = (enum listing_state)i;
	return i < STATE_COUNT;
}

const char *
listing_fault_text(const struct listing *listing)
{
	switch (listing->file) {
	case ENVELOPE_FILE_READ:
	case ENVELOPE_FILE_GONE:
		break;
	case ENVELOPE_FILE_DAMAGED:
		return "its envelope file is damaged";
	case ENVELOPE_FILE_NEWER:
		return "written by a newer smtpost";
	case ENVELOPE_FILE_FOREIGN:
		return "its envelope is not a file of the queue's owner";
	case ENVELOPE_FILE_FAILED:
		return strerror(listing->error);
	}
	return NULL;
}

bool
listing_is_open(const struct recipient *recipient)
{
	return recipient->outcome.action == ACTION_NONE ||
	    recipient->outcome.action == ACTION_DELAYED;
}

size_t
listing_count_open(const struct listing *listing)
{
	const struct envelope *envelope = &listing->waiting.envelope;
	size_t open = 0;

	for (size_t i = 0; i < envelope->count; i++)
		open += listing_is_open(&envelope->recipients[i]);
	return open;
}

bool
listing_is_in_doubt(const struct listing *listing)
{
	const struct envelope *envelope = &listing->waiting.envelope;

	for (size_t i = 0; i < envelope->count; i++)
		if (envelope->recipients[i].outcome.in_doubt)
			return true;
	return listing->waiting.is_doubted;
}
