#include "smtp/reach.h"

#include "base/wait.h"
#include "net/dial.h"
#include "net/dial_unix.h"
#include "profile/server_url.h"

/*
 * Of several failures the one that got furthest tells most; but one that may
 * pass outweighs a refusal, since then the same again may help.
 */
static void
keep_more_telling(struct reach *reach, const struct outcome *next)
{
	struct outcome *kept = &reach->failure;

	if (kept->action != ACTION_NONE) {
		if (next->action == ACTION_FAILED &&
		    kept->action == ACTION_DELAYED)
			return;
		if (next->action == kept->action && next->stage < kept->stage)
			return;
		/* A name that does not exist is worse than a server away. */
		if (next->cause == CAUSE_NO_HOST &&
		    kept->cause == CAUSE_TEMPORARY)
			return;
	}
	outcome_copy(kept, next);
	reach->failed = reach->server;
}

static bool
fail(struct reach *reach, struct outcome *outcome)
{
	observer_note(reach->observer, "%s: %s", reach->server->url,
	    buf_text(&outcome->reply.text));
	keep_more_telling(reach, outcome);
	if (signals_caught() != 0)
		reach->is_over = true;
	return false;
}

/* One connected address. */
static bool
try_connection(struct reach *reach, int fd, struct session *session)
{
	struct session_options options = {
	    .profile = reach->profile,
	    .server = reach->server,
	    .secret = reach->secret,
	    .observer = reach->observer,
	    .deadline = reach->deadline,
	};
	bool opened = session_open(session, fd, &options);

	if (reach->tried != NULL)
		reach->tried(reach->context, session);
	if (opened)
		return true;
	if (!session->may_move)
		reach->is_over = true;
	fail(reach, &session->trouble);
	session_close(session, false);
	return false;
}

static bool
fail_dial(struct reach *reach, enum dial_result result, struct buf *reason)
{
	struct outcome outcome = {0};
	const struct server *server = reach->server;

	if (server_is_unix(server))
		outcome_set_own(&outcome, STAGE_CONNECT, CAUSE_TEMPORARY,
		    "cannot connect to %s: %s", server->path,
		    buf_text(reason));
	else
		outcome_set_own(&outcome, STAGE_CONNECT,
		    result == DIAL_NO_HOST ? CAUSE_NO_HOST : CAUSE_TEMPORARY,
		    "cannot connect to %s port %u: %s", server->host,
		    server->port, buf_text(reason));
	fail(reach, &outcome);
	outcome_free(&outcome);
	return false;
}

static bool
try_socket(struct reach *reach, struct session *session)
{
	struct buf reason = {0};
	int fd = -1;
	enum dial_result result = dial_unix(reach->server->path,
	    reach->profile->timeout_connect, reach->deadline, &fd, &reason);
	bool opened = result == DIAL_DONE
	    ? try_connection(reach, fd, session)
	    : fail_dial(reach, result, &reason);

	buf_free(&reason);
	return opened;
}

/* Every address of one server, until one serves. */
static bool
try_addresses(struct reach *reach, struct session *session)
{
	struct buf reason = {0};
	struct dial *dial = NULL;
	enum dial_result result = dial_open(
	    &dial, reach->server->host, reach->server->port, &reason);
	bool opened = false;

	while (result == DIAL_DONE && !opened && !reach->is_over) {
		int fd = -1;

		buf_clear(&reason);
		result = dial_next(dial, reach->profile->timeout_connect,
		    reach->deadline, &fd, &reason);
		if (result == DIAL_DONE)
			opened = try_connection(reach, fd, session);
	}
	if (result != DIAL_DONE && result != DIAL_EXHAUSTED)
		fail_dial(reach, result, &reason);
	if (dial != NULL)
		dial_free(dial);
	buf_free(&reason);
	return opened;
}

bool
reach_open(struct reach *reach, struct session *session)
{
	const struct profile *profile = reach->profile;
	bool opened = false;

	for (size_t i = 0;
	     i < profile->server_count && !opened && !reach->is_over; i++) {
		reach->server = &profile->servers[i];
		opened = server_is_unix(reach->server)
		    ? try_socket(reach, session)
		    : try_addresses(reach, session);
	}
	return opened;
}

void
reach_free(struct reach *reach)
{
	outcome_free(&reach->failure);
}
