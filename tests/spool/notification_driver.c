/*
 * Makes a notification about the mail whose content is in the file of the first
 * argument, and prints it. Standard input has a line for each fact of the mail,
 * in words as those of an envelope file: a name and values. This lets tests in
 * other languages judge notifications. Exit status 3: none is wanted, 4: none
 * is allowed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "spool/line.h"
#include "spool/notification_message.h"
#include "spool/outcome_word.h"

#define WORDS_MAX 12

struct job {
	struct notification notification;
	struct waiting about;
	struct profile profile;
	struct server server;
	struct outcome trouble;
	struct envelope_index index;
};

static bool
print(void *context, const char *data, size_t len)
{
	(void)context;
	return fwrite(data, 1, len, stdout) == len;
}

static void
read_status(const char *text, struct status *status)
{
	unsigned values[3] = {0};

	if (sscanf(text, "%u.%u.%u", &values[0], &values[1], &values[2]) == 3)
		*status = (struct status){(unsigned char)values[0],
		    (unsigned short)values[1], (unsigned short)values[2]};
}

/* action stage cause code status text */
static bool
read_outcome(struct outcome *outcome, char **words)
{
	if (!outcome_word_read_action(words[0], &outcome->action) ||
	    !outcome_word_read_stage(words[1], &outcome->stage) ||
	    !outcome_word_read_cause(words[2], &outcome->cause))
		return false;
	reply_set_own(&outcome->reply, "%s", words[5]);
	outcome->reply.code = atoi(words[3]);
	read_status(words[4], &outcome->reply.status);
	return true;
}

/* path notify original, and an outcome */
static bool
add_recipient(struct job *job, char **words)
{
	struct envelope *envelope = &job->about.envelope;
	struct recipient *recipient;
	size_t count = envelope->count;

	if (!envelope_add(envelope, &job->index, words[0]))
		return false;
	mem_append(
	    &job->about.recipients, &count, sizeof(job->about.recipients[0]));
	recipient = &envelope->recipients[envelope->count - 1];
	if (words[2][0] != '\0')
		recipient->dsn.original = mem_copy_text(words[2]);
	if (words[1][0] != '\0' &&
	    !dsn_parse_notify(span_from(words[1]), &recipient->dsn.notify))
		return false;
	return read_outcome(&recipient->outcome, words + 3);
}

static const struct {
	const char *name;
	size_t offset; /* in struct job */
	enum { TEXT, MOMENT, COUNT, FLAG } type;
} facts[] = {
    {"reverse-path", offsetof(struct job, about.envelope.reverse_path), TEXT},
    {"message-id", offsetof(struct job, about.message_id), TEXT},
    {"envelope-id", offsetof(struct job, about.envelope.envelope_id), TEXT},
    {"arrived", offsetof(struct job, about.arrived), MOMENT},
    {"tried", offsetof(struct job, about.tried), MOMENT},
    {"attempts", offsetof(struct job, about.attempts), COUNT},
    {"doubts", offsetof(struct job, about.doubts), COUNT},
    {"now", offsetof(struct job, notification.now), MOMENT},
    {"retry-until", offsetof(struct job, notification.retry_until), MOMENT},
    {"size", offsetof(struct job, about.content_size), MOMENT},
    {"sender", offsetof(struct job, notification.sender), TEXT},
    {"ehlo", offsetof(struct job, notification.ehlo_name), TEXT},
    {"utf8", offsetof(struct job, notification.server_has_utf8), FLAG},
    {"host", offsetof(struct job, server.host), TEXT},
    {"provider", offsetof(struct job, profile.provider), TEXT},
};

static bool
read_fact(struct job *job, char **words)
{
	static const char *const events[] = {
	    "failed", "expired", "delayed", "relayed"};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		char *at = (char *)job + facts[i].offset;

		if (strcmp(words[0], facts[i].name) != 0)
			continue;
		switch (facts[i].type) {
		case TEXT:
			*(char **)at = mem_copy_text(words[1]);
			break;
		case MOMENT:
			*(int64_t *)at = strtoll(words[1], NULL, 10);
			break;
		case COUNT:
			*(unsigned *)at = (unsigned)atoi(words[1]);
			break;
		case FLAG:
			*(bool *)at = true;
			break;
		}
		return true;
	}
	if (strcmp(words[0], "rcpt") == 0)
		return add_recipient(job, words + 1);
	if (strcmp(words[0], "trouble") == 0) {
		job->notification.trouble = &job->trouble;
		return read_outcome(&job->trouble, words + 1);
	}
	if (strcmp(words[0], "return") == 0)
		return dsn_parse_return(
		    span_from(words[1]), &job->about.envelope.dsn_return);
	if (strcmp(words[0], "kind") == 0) {
		job->about.kind = WAITING_NOTIFICATION;
		return true;
	}
	for (unsigned i = 0; i < 4; i++)
		if (strcmp(words[0], "event") == 0 &&
		    strcmp(words[1], events[i]) == 0) {
			job->notification.event = (enum notification_event)i;
			return true;
		}
	return false;
}

static bool
read_line(struct job *job, struct span line)
{
	char *words[WORDS_MAX];
	size_t count = 0;
	bool done;

	for (size_t i = 0; i < WORDS_MAX; i++) {
		struct buf word;

		buf_init(&word, WAITING_LINE_MAX);
		if (line.len > 0 && line_next_word(&line, &word))
			count++;
		words[i] = mem_copy_text(buf_text(&word));
		buf_free(&word);
	}
	done = count > 0 && read_fact(job, words);
	for (size_t i = 0; i < WORDS_MAX; i++)
		free(words[i]);
	return done;
}

static bool
read_job(struct job *job)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	bool done = true;

	while (done && (len = getline(&line, &room, stdin)) > 0) {
		done = read_line(job, (struct span){line, (size_t)len - 1});
		if (!done)
			fprintf(stderr, "not understood: %s", line);
	}
	free(line);
	return done;
}

static int
make(struct job *job, const char *content)
{
	const struct message_sink sink = {print, NULL};
	struct notification *notification = &job->notification;
	struct error err = {0};
	struct stat status;
	size_t *who;
	char *id;

	notification->about = &job->about;
	if (job->server.host != NULL)
		notification->server = &job->server;
	notification->profile = &job->profile;
	notification->content = open(content, O_RDONLY | O_CLOEXEC);
	if (notification->content < 0 ||
	    fstat(notification->content, &status) < 0)
		return 66;
	if (job->about.content_size == 0)
		job->about.content_size = (uint64_t)status.st_size;
	switch (notification_choose(
	    &job->about, notification->event, &who, &notification->count)) {
	case NOTIFICATION_UNWANTED:
		return 3;
	case NOTIFICATION_FORBIDDEN:
		return 4;
	case NOTIFICATION_WANTED:
		break;
	}
	notification->who = who;
	id = notification_message_write(notification, &sink, &err);
	if (id == NULL)
		fprintf(stderr, "%s\n", err.text);
	else
		fprintf(stderr, "%s\n", id);
	close(notification->content);
	free(who);
	free(id);
	return err.kind == ERROR_NONE && fflush(stdout) == 0 ? 0 : 75;
}

int
main(int argc, char **argv)
{
	struct job job = {0};
	int status = 64;

	memcpy(job.about.id.text, "6929CB1F03A2", sizeof("6929CB1F03A2"));
	if (argc == 2 && read_job(&job))
		status = make(&job, argv[1]);
	waiting_free(&job.about);
	envelope_index_free(&job.index);
	outcome_free(&job.trouble);
	free(job.server.host);
	free(job.profile.provider);
	free((char *)job.notification.sender);
	free((char *)job.notification.ehlo_name);
	return status;
}
