/*
 * A child process for each candidate makes the attempt of --doctor (trial.h),
 * without a login. It reports the result in one line: the verdict, the
 * mechanisms, the URL, and the reason, with spaces between them.
 */
#include "doctor/server_probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/durable.h"
#include "base/mem.h"
#include "base/signals.h"
#include "base/text.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "doctor/trial.h"
#include "profile/profile_choice.h"
#include "profile/secret.h"

#define LINE_OCTETS_MAX ((size_t)4096)
/* Decides which mechanisms would do; it is never sent. */
#define NO_PASSWORD "smtpost-has-no-password-yet"
#define WHY_MAX ((size_t)300)

/* The verdict is the first character of the line. */
#define GOOD '+'
#define TEMPORARY '?'
#define BAD '-'
#define UNREACHED '.'
#define UNREACHED_NOW ','
/* A key such as ^C interrupts all processes, and the child may end first. */
#define INTERRUPTED '!'

struct probe {
	struct server_candidate *candidate; /* borrowed */
	int64_t deadline;
	struct child child;
	struct buf line;
	bool is_running, is_interrupted;
};

/* A profile with nothing but the servers; the files are not read. */
static bool
make_profile(struct profile *profile, struct profiles **profiles,
    const char *servers, struct error *err)
{
	struct buf text = {0};
	struct span set, origin = SPAN("--setup");
	const struct profile_sources sources = {
	    .has_server = true,
	    .no_environment = true,
	    .sets = &set,
	    .set_origins = &origin,
	    .set_count = 1,
	};
	bool done;

	buf_add_format(&text, "server=%s", servers);
	set = buf_span(&text);
	*profiles = profiles_load(&sources, err);
	done = *profiles != NULL &&
	    profile_choice_make(profile, *profiles, NULL, NULL, NULL, err);
	buf_free(&text);
	return done;
}

static void
describe(const struct trial *trial, bool needs_no_login, struct buf *line)
{
	const struct outcome *outcome = &trial->outcome;
	unsigned mechanisms = trial->extensions.mechanisms;
	bool is_good = trial->is_safe && (needs_no_login || mechanisms != 0);
	bool is_temporary = outcome->cause == CAUSE_TEMPORARY &&
	    outcome->action == ACTION_DELAYED;
	bool is_unreached = outcome->stage == STAGE_CONNECT;
	char *why;

	if (signals_are_pending())
		buf_add_char(line, INTERRUPTED);
	else if (is_good)
		buf_add_char(line, GOOD);
	else if (is_unreached)
		buf_add_char(line, is_temporary ? UNREACHED_NOW : UNREACHED);
	else
		buf_add_char(line, is_temporary ? TEMPORARY : BAD);
	buf_add_format(line, " %u %s ", mechanisms,
	    trial->server != NULL ? trial->server->url : "-");
	if (is_good)
		return;
	if (trial->is_safe) {
		buf_add_text(line, "it offers no login");
		return;
	}
	why = span_copy(span_head(buf_span(&outcome->reply.text), WHY_MAX));
	for (char *at = why; *at != '\0'; at++)
		if (ascii_is_control(*at))
			*at = ' ';
	buf_add_text(line, why);
	free(why);
}

static int
work(const void *context, int output)
{
	const struct probe *probe = context;
	struct profile profile = PROFILE_UNSET;
	struct profiles *profiles = NULL;
	struct buf line = {.max = LINE_OCTETS_MAX};
	struct error err = {0};
	struct secret secret = {0};
	struct trial trial = {0};
	struct trial_options options = {
	    .profile = &profile,
	    .secret = &secret,
	    .deadline = probe->deadline,
	    .sender = "",
	    .no_login = true,
	};
	bool done;

	buf_init_secret(&secret.password, 0);
	buf_add_text(&secret.password, NO_PASSWORD);
	if (make_profile(
		&profile, &profiles, probe->candidate->servers, &err)) {
		trial_run(&trial, &options);
		describe(&trial, probe->candidate->needs_no_login, &line);
	} else {
		buf_add_format(&line, "%c 0 - %s", BAD, err.text);
	}
	done = durable_write(output, line.data, line.len);
	trial_free(&trial);
	secret_free(&secret);
	profile_free(&profile);
	profiles_free(profiles);
	buf_free(&line);
	return done ? 0 : 1;
}

static void
take_line(struct probe *probe)
{
	struct server_candidate *candidate = probe->candidate;
	struct span rest = buf_span(&probe->line), verdict, number, url;
	uint64_t mechanisms = 0;

	if (!span_next_word(&rest, " ", &verdict) ||
	    !span_next_word(&rest, " ", &number) ||
	    !span_number(number, UINT32_MAX, &mechanisms) ||
	    !span_next_word(&rest, " ", &url)) {
		candidate->is_temporary = true;
		candidate->why = mem_copy_text("it could not be reached");
		return;
	}
	probe->is_interrupted = verdict.at[0] == INTERRUPTED;
	candidate->is_good = verdict.at[0] == GOOD;
	candidate->is_temporary =
	    verdict.at[0] == TEMPORARY || verdict.at[0] == UNREACHED_NOW;
	candidate->is_unreached =
	    verdict.at[0] == UNREACHED || verdict.at[0] == UNREACHED_NOW;
	candidate->mechanisms = (unsigned)mechanisms;
	if (!span_equal(url, SPAN("-")))
		candidate->url = span_copy(url);
	if (!candidate->is_good)
		candidate->why = span_copy(span_trim(rest));
}

/* Reads the line of the child, and notes whether the child has ended. */
static void
attend(struct probe *probe)
{
	char block[1024];
	ssize_t got;

	child_note_end(&probe->child);
	while ((got = child_read(&probe->child, block, sizeof(block))) > 0)
		buf_add(&probe->line, block, (size_t)got);
	if (!probe->child.has_ended)
		return;
	child_close_output(&probe->child);
	probe->is_running = false;
	take_line(probe);
}

/* Whether a good one is known, and no better one can come. */
static bool
is_decided(const struct probe *probes, size_t count, size_t *best)
{
	for (size_t i = 0; i < count; i++) {
		*best = i;
		if (probes[i].is_running || probes[i].candidate->is_good)
			return !probes[i].is_running;
	}
	*best = count;
	return true;
}

static void
stop(struct probe *probe)
{
	if (probe->is_running) {
		child_kill(&probe->child);
		child_close_output(&probe->child);
		probe->is_running = false;
		probe->candidate->is_temporary = true;
		probe->candidate->is_unreached = true;
		probe->candidate->why =
		    mem_copy_text("it did not answer in time");
	}
	buf_free(&probe->line);
}

static enum wait_result
wait_for_output(const struct probe *probes, size_t count, int64_t deadline)
{
	struct pollfd *fds = mem_new(count, sizeof(*fds));
	enum wait_result result;
	nfds_t open = 0;

	for (size_t i = 0; i < count; i++)
		if (probes[i].is_running && probes[i].child.output >= 0)
			fds[open++] = (struct pollfd){
			    .fd = probes[i].child.output, .events = POLLIN};
	result = wait_for(fds, open, deadline);
	free(fds);
	return result;
}

enum probe_result
server_probe_run(struct server_candidate *candidates, size_t count,
    int64_t deadline, size_t *best)
{
	struct probe *probes = mem_new(count, sizeof(*probes));
	enum wait_result waited = WAIT_READY;
	bool is_interrupted = false;

	signals_watch_children();
	for (size_t i = 0; i < count; i++) {
		probes[i] = (struct probe){.candidate = &candidates[i],
		    .deadline = deadline,
		    .line = {.max = LINE_OCTETS_MAX}};
		probes[i].is_running =
		    child_start(&probes[i].child, work, &probes[i]);
		if (!probes[i].is_running)
			take_line(&probes[i]);
	}
	while (waited == WAIT_READY && !is_decided(probes, count, best)) {
		waited = wait_for_output(probes, count, deadline);
		for (size_t i = 0; i < count; i++)
			if (probes[i].is_running)
				attend(&probes[i]);
	}
	for (size_t i = 0; i < count; i++) {
		stop(&probes[i]);
		is_interrupted |= probes[i].is_interrupted;
	}
	signals_watch_end();
	is_decided(probes, count, best);
	free(probes);
	if (waited == WAIT_INTERRUPTED || is_interrupted ||
	    signals_are_pending())
		return PROBE_SIGNAL;
	return *best < count ? PROBE_GOOD : PROBE_NONE;
}

void
server_probe_free(struct server_candidate *candidate)
{
	free(candidate->servers);
	free(candidate->url);
	free(candidate->why);
	*candidate = (struct server_candidate){0};
}
