/*
 * What a submission needs beside a server: profile, envelope, letter; and its
 * end told in one line a table can hold. Included after rows.h.
 */
#ifndef TESTS_SMTP_GIVEN_H
#define TESTS_SMTP_GIVEN_H

#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/wait.h"
#include "message/message.h"
#include "message/replay.h"
#include "smtp/session.h"
#include "smtp/submission.h"
#include "smtp/transaction.h"

#define GIVEN_MESSAGE \
	"From: me@example.org\r\nSubject: s\r\n\r\n.dot\r\nlast\r\n"

struct given {
	struct profile profile;
	struct server server;
	struct envelope envelope;
	struct message *message;
	struct letter letter;
	int source; /* the file of the message; a test may change it */
};

static inline int
given_file(struct span text)
{
	char name[] = "/tmp/test_given.XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	unlink(name);
	while (text.len > 0) {
		ssize_t done = write(fd, text.at, text.len);

		assert_true(done > 0);
		text = span_skip(text, (size_t)done);
	}
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* Recipients are separated by blanks. */
static inline void
given_init(struct given *given, struct span message, const char *recipients)
{
	struct message_options options = {0};
	struct envelope_index index = {0};
	struct span rest = span_from(recipients), word;
	struct error err = {0};

	*given = (struct given){0};
	given->profile.name = mem_copy_text("test");
	given->profile.ehlo_name = mem_copy_text("client.example");
	given->profile.tls = TLS_POLICY_NONE;
	given->profile.tls_is_set = true;
	given->profile.password_fd = -1;
	given->profile.timeout = 5000;
	given->profile.timeout_connect = 5000;
	given->server.scheme = SCHEME_SMTP;
	given->server.host = mem_copy_text("127.0.0.1");
	given->envelope.reverse_path = mem_copy_text("me@example.org");
	while (span_next_word(&rest, " ", &word)) {
		char *path = span_copy(word);

		assert_true(envelope_add(&given->envelope, &index, path));
		free(path);
	}
	envelope_index_free(&index);
	given->source = given_file(message);
	given->message =
	    message_read(given->source, "the test", &options, &err);
	if (given->message == NULL)
		fail_msg("message_read: %s", err.text);
	given->letter.message = given->message;
	given->letter.size = replay_size(given->message, NULL);
}

static inline void
given_server(struct given *given, unsigned short port)
{
	struct buf url = {0};

	given->server.port = port;
	buf_add_format(&url, "smtp%s://127.0.0.1:%u",
	    given->server.scheme == SCHEME_SMTPS ? "s" : "", port);
	free(given->server.url);
	given->server.url = mem_copy_text(buf_text(&url));
	buf_free(&url);
}

static inline void
given_free(struct given *given)
{
	message_free(given->message);
	close(given->source);
	envelope_free(&given->envelope);
	free(given->server.host);
	free(given->server.url);
	free(given->profile.name);
	free(given->profile.ehlo_name);
	free(given->profile.user);
}

/* A session that seems open already, without greeting and EHLO. */
static inline void
given_session(struct given *given, struct session *session,
    struct stream *stream, unsigned offered)
{
	*session = (struct session){.profile = &given->profile,
	    .server = &given->server,
	    .is_extended = true,
	    .may_move = true};
	session->extensions.offered = offered;
	dialogue_init(&session->dialogue, stream, NULL, given->profile.timeout,
	    DEADLINE_NEVER);
}

static inline const char *
given_cause(enum cause cause)
{
	static const char *const causes[] = {
	    [CAUSE_TEMPORARY] = "temporary",
	    [CAUSE_REFUSED] = "refused",
	    [CAUSE_NO_HOST] = "no-host",
	    [CAUSE_PROTOCOL] = "protocol",
	    [CAUSE_LOGIN] = "login",
	    [CAUSE_CONTENT] = "content",
	};

	return causes[cause];
}

/* "relayed data 250", "deferred auth 535", "failed mail -" */
static inline void
given_tell_ending(struct buf *out, const struct outcome *outcome)
{
	buf_add_format(out, "%s %s ",
	    outcome->action == ACTION_NONE && !outcome->in_doubt
		? "open"
		: outcome_name(outcome),
	    outcome_stage_name(outcome->stage));
	if (outcome->reply.code != 0)
		buf_add_format(out, "%d", outcome->reply.code);
	else
		buf_add_char(out, '-');
}

/* With the cause: "deferred auth 535 login", "failed mail - content" */
static inline void
given_tell(struct buf *out, const struct outcome *outcome)
{
	given_tell_ending(out, outcome);
	if (outcome->action != ACTION_RELAYED && outcome->action != ACTION_NONE)
		buf_add_format(out, " %s", given_cause(outcome->cause));
}

static inline void
assert_told(const struct envelope *envelope, const char *expected)
{
	struct buf told = {0};

	for (size_t i = 0; i < envelope->count; i++) {
		const struct recipient *recipient = &envelope->recipients[i];
		struct span path = span_from(recipient->forward_path);

		if (i > 0)
			buf_add_text(&told, ", ");
		buf_add_span(&told, span_head(path, span_find(path, '@')));
		buf_add_char(&told, ' ');
		given_tell(&told, &recipient->outcome);
	}
	assert_string_equal(buf_text(&told), expected);
	buf_free(&told);
}

static inline void
assert_outcome(const struct outcome *outcome, const char *expected)
{
	struct buf told = {0};

	given_tell(&told, outcome);
	assert_string_equal(buf_text(&told), expected);
	buf_free(&told);
}

#endif
