/*
 * Runs one session and keeps what an observer of it sees, so that nothing is
 * said to the server that a submission would not say.
 */
#include "doctor/survey_address.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/wait.h"
#include "profile/secret.h"
#include "smtp/session.h"
#include "tls/tls.h"

/* The octets that are kept of a reply, and of what is no reply. */
#define GREETING_MAX ((size_t)4 * 1024)
#define EHLO_MAX ((size_t)16 * 1024)
#define ODD_MAX ((size_t)4 * 1024)

#define CODE_OCTETS ((size_t)4) /* "250-" */

/* A session that is watched. */
struct watch {
	struct survey_address *address;
	const struct survey_visit *visit;
	struct session session;
	struct buf *kept;     /* where lines of the reply go; NULL: nowhere */
	int64_t *time;	      /* the time that the reply takes */
	int64_t time_again;   /* of an EHLO that is not the first one */
	int64_t asked_at;     /* when the wait for the reply began; clock_now */
	int64_t handshake_at; /* when the last handshake began */
};

struct survey_address *
survey_address_new(void)
{
	struct survey_address *address = mem_new(1, sizeof(*address));

	address->connect_time = -1;
	address->greeting_time = -1;
	address->ehlo_time = -1;
	address->tls_time = -1;
	buf_init(&address->greeting, GREETING_MAX);
	buf_init(&address->ehlo, EHLO_MAX);
	buf_init(&address->ehlo_tls, EHLO_MAX);
	buf_init(&address->odd, ODD_MAX);
	return address;
}

/*
 * Keeps what the last EHLO offered: as the session read it, because a password
 * may equal a keyword, which is masked in the lines.
 */
static void
keep_offer(struct watch *watch)
{
	struct survey_address *address = watch->address;
	struct session *session = &watch->session;
	bool is_tls = session_is_encrypted(session);
	struct buf *offered =
	    is_tls ? &address->offered : &address->offered_before;

	*(is_tls ? &address->after : &address->before) = session->extensions;
	buf_clear(offered);
	echo_replace(
	    &session->dialogue.echo, buf_span(&session->offered), offered);
}

/* Chooses where the reply to this command is kept. */
static void
note_command(struct watch *watch, struct span line)
{
	struct survey_address *address = watch->address;

	watch->kept = NULL;
	watch->time = NULL;
	if (span_equal(line, SPAN("STARTTLS")))
		keep_offer(watch);
	if (!span_starts(line, SPAN("EHLO ")) &&
	    !span_starts(line, SPAN("LHLO ")) &&
	    !span_starts(line, SPAN("HELO ")))
		return;
	watch->kept = session_is_encrypted(&watch->session) ? &address->ehlo_tls
							    : &address->ehlo;
	watch->time =
	    address->ehlo_time < 0 ? &address->ehlo_time : &watch->time_again;
	watch->asked_at = clock_now();
	buf_clear(watch->kept); /* HELO follows a refused EHLO */
}

/* Keeps a line, unless there is no room for the whole line. */
static void
note_reply(struct watch *watch, struct span line)
{
	struct buf *kept = watch->kept;
	size_t len;

	if (kept == NULL)
		return;
	*watch->time = clock_now() - watch->asked_at;
	len = kept->len;
	if (len > 0)
		buf_add_char(kept, '\n');
	if (!buf_add_span(kept, line))
		kept->len = len;
}

static void
see(void *context, enum observed what, struct span text)
{
	struct watch *watch = context;

	if (what == OBSERVED_COMMAND)
		note_command(watch, text);
	else if (what == OBSERVED_REPLY)
		note_reply(watch, text);
	observer_show(watch->visit->observer, what, text);
}

static void
reach(void *context, const struct observed_place *place)
{
	struct watch *watch = context;
	const struct survey_visit *visit = watch->visit;

	if (place->stage == STAGE_TLS)
		watch->handshake_at = clock_now();
	/* Reached once before the wait, and once more in it. */
	if (place->stage == STAGE_GREETING && watch->kept == NULL) {
		watch->kept = &watch->address->greeting;
		watch->time = &watch->address->greeting_time;
		watch->asked_at = session_is_encrypted(&watch->session)
		    ? clock_now()
		    : visit->connected_at;
	}
	observer_reach(visit->observer, place);
}

/* Keeps what came instead of a greeting. */
static void
keep_odd(struct survey_address *address, struct session *session)
{
	struct dialogue *dialogue = &session->dialogue;
	struct buf clean = {0};
	struct span rest;

	if (address->trouble.stage != STAGE_GREETING ||
	    address->trouble.reply.code != 0)
		return;
	echo_replace(&dialogue->echo, stream_input(dialogue->stream), &clean);
	rest = buf_span(&clean);
	buf_add_span(&address->odd, buf_span(&dialogue->odd));
	if (dialogue->odd.len > 0 && rest.len > 0)
		buf_add_char(&address->odd, '\n');
	buf_add_span(
	    &address->odd, span_head(rest, ODD_MAX - address->odd.len));
	buf_clear(&address->greeting); /* a line of it was no reply */
	buf_free(&clean);
}

static void
keep_tls(struct survey_address *address, const struct watch *watch)
{
	const struct tls *tls = stream_tls(watch->session.dialogue.stream);

	if (tls == NULL)
		return;
	address->is_tls = true;
	address->tls_time = watch->session.secured_at - watch->handshake_at;
	tls_facts_read(&address->tls, tls);
}

void
survey_address_meet(
    struct survey_address *address, int fd, const struct survey_visit *visit)
{
	struct watch watch = {.address = address, .visit = visit};
	const struct observer observer = {see, &watch, reach};
	/* A copy without the password; it owns nothing. */
	struct profile profile = *visit->profile;
	const struct session_options options = {
	    .profile = &profile,
	    .server = visit->server,
	    .observer = &observer,
	    .deadline = visit->deadline,
	    .by_proxy = visit->by_proxy,
	    .tunnel = visit->tunnel,
	    .diagnose = true,
	    .hidden = visit->hidden,
	};
	struct session *session = &watch.session;

	profile.password = (struct buf){0};
	profile.timeout = visit->timeout;
	address->is_connected = true;
	session_open(session, fd, &options);
	outcome_copy(&address->trouble, &session->trouble);
	if (address->trouble.action != ACTION_NONE &&
	    address->trouble.stage == STAGE_CONNECT)
		address->is_connected = false; /* a proxy command failed */
	address->is_silent =
	    stream_state(session->dialogue.stream) == STREAM_TIMED_OUT;
	/* The first octets had been there before the session looked for them.
	 */
	if (visit->heard_at != 0 && address->greeting_time >= 0 &&
	    visit->server->scheme != SCHEME_SMTPS)
		address->greeting_time = visit->heard_at - visit->connected_at;
	keep_odd(address, session);
	keep_tls(address, &watch);
	keep_offer(&watch);
	address->is_extended = session->is_extended;
	address->needs_login = secret_is_wanted(visit->profile);
	address->needs_trust = session->tls == TLS_POLICY_REQUIRED ||
	    (session->tls == TLS_POLICY_OPPORTUNISTIC && address->needs_login);
	watch.kept = NULL;
	session_close(session, false);
}

bool
survey_address_is_ready(const struct survey_address *address)
{
	return address->is_connected &&
	    address->trouble.action == ACTION_NONE &&
	    !(address->needs_trust && address->tls.distrust != NULL) &&
	    (address->is_extended || !address->needs_login);
}

const struct extensions *
survey_address_offer(const struct survey_address *address)
{
	return address->is_tls ? &address->after : &address->before;
}

const struct buf *
survey_address_reply(const struct survey_address *address)
{
	return address->is_tls ? &address->ehlo_tls : &address->ehlo;
}

bool
survey_address_next_line(struct span *reply, struct span *line)
{
	if (!span_next_word(reply, "\n", line))
		return false;
	*line = span_trim(span_skip(*line, CODE_OCTETS));
	return true;
}

void
survey_address_free(struct survey_address *address)
{
	if (address == NULL)
		return;
	free(address->name);
	buf_free(&address->greeting);
	buf_free(&address->ehlo);
	buf_free(&address->ehlo_tls);
	buf_free(&address->odd);
	buf_free(&address->offered_before);
	buf_free(&address->offered);
	tls_facts_free(&address->tls);
	outcome_free(&address->trouble);
	free(address);
}
