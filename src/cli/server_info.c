/*
 * Surveys the servers of a URL or a profile and prints what was found. A server
 * at port 587 is asked at port 465 too, because TLS from the start is better.
 */
#include "cli/server_info.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/json_text.h"
#include "base/mem.h"
#include "base/signals.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "cli/exit_status.h"
#include "cli/outgoing.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/survey_json.h"
#include "cli/survey_text.h"
#include "cli/trace.h"
#include "doctor/survey.h"

#define TIMEOUT ((int64_t)60000)
#define PROBE_TIMEOUT ((int64_t)5000)
#define OUTPUT_MAX SURVEY_JSON_MAX

/* A call of --server-info. */
struct info {
	struct outgoing outgoing; /* only its profile is filled in */
	struct survey survey;
	struct server other; /* the same host at port 465 */
	bool other_answers;  /* and its certificate is trusted */
	bool is_untrusted;
	int64_t started;
};

/* Whether it can only be a host: profiles are seldom named like this. */
static bool
is_host(const char *text)
{
	return strpbrk(text, ".:") != NULL && strpbrk(text, "@/") == NULL;
}

/* Takes the profile for the server smtp://HOST, as --server does. */
static bool
choose_host(struct info *info, const struct options *options, const char *host,
    struct error *err)
{
	struct options named = *options;
	struct span *sets =
	    mem_new(options->set_count + 1, sizeof(struct span));
	struct span *origins =
	    mem_new(options->set_count + 1, sizeof(struct span));
	struct buf set = {0};
	bool done;

	buf_add_format(&set, "server=smtp://%s", host);
	for (size_t i = 0; i < options->set_count; i++) {
		sets[i] = options->sets[i];
		origins[i] = options->set_origins[i];
	}
	sets[options->set_count] = buf_span(&set);
	origins[options->set_count] = SPAN("operand");
	named.sets = sets;
	named.set_origins = origins;
	named.set_count = options->set_count + 1;
	named.has_server = true;
	named.profile = NULL;
	done = outgoing_prepare_profile(&info->outgoing, &named, err);
	buf_free(&set);
	free(sets);
	free(origins);
	return done;
}

/* The operand may be a host that is not written as a URL. */
static bool
choose(struct info *info, const struct options *options, struct error *err)
{
	const char *operand =
	    options->operand_count > 0 ? options->operands[0] : NULL;
	struct profiles *profiles;
	bool is_profile;

	if (operand == NULL || options->profile != operand)
		return outgoing_prepare_profile(&info->outgoing, options, err);
	profiles = outgoing_load_profiles(options, err);
	if (profiles == NULL)
		return false;
	is_profile = profiles_find(profiles, span_from(operand)) != NULL;
	profiles_free(profiles);
	if (!is_profile && is_host(operand))
		return choose_host(info, options, operand, err);
	if (outgoing_prepare_profile(&info->outgoing, options, err))
		return true;
	if (!is_profile)
		error_add(err,
		    "\nhint: a server is named by its URL, such as "
		    "smtps://mail.example.com");
	return false;
}

/* Finds an address through which a profile could send. */
static bool
find_usable(const struct survey *survey, struct survey_walk *walk)
{
	*walk = (struct survey_walk){0};
	while (survey_next_ready(survey, walk))
		if (walk->address->tls.distrust == NULL)
			return true;
	return false;
}

/* Asks the host at port 465, if the first server has port 587 and answered. */
static void
probe(struct info *info, const struct observer *observer, int64_t deadline)
{
	struct profile profile = info->outgoing.profile;
	const struct server *server = &profile.servers[0];
	struct survey survey = {0};
	struct survey_walk walk;
	struct error ignored = {0};
	struct buf url = {0};

	if (profile.server_count != 1 || server->scheme != SCHEME_SMTP ||
	    server->port != 587 || profile.tls == TLS_POLICY_NONE ||
	    info->survey.failure.stage == STAGE_CONNECT)
		return;
	server_url_add(&url, SCHEME_SMTPS, server->host, 465);
	if (server_url_parse(&info->other, buf_span(&url), &ignored)) {
		profile.servers = &info->other;
		survey_run(&survey, &profile, observer,
		    deadline_earlier(deadline, deadline_in(PROBE_TIMEOUT)));
		info->other_answers = find_usable(&survey, &walk);
		survey_free(&survey);
	}
	buf_free(&url);
}

static void
look(struct info *info, const struct options *options)
{
	const struct profile *profile = &info->outgoing.profile;
	int64_t deadline = deadline_in(
	    profile->timeout_total > 0 ? profile->timeout_total : TIMEOUT);
	struct trace trace;
	struct progress progress;
	const struct observer *observer = progress_begin(
	    &progress, options, trace_init(&trace, options->verbose));

	trace_profile(profile, observer);
	outgoing_warn_of_ports(profile, options, observer);
	signals_catch();
	survey_run(&info->survey, profile, observer, deadline);
	probe(info, observer, deadline);
	progress_end(&progress);
}

/* The value of `server` for the profile shown last; false: there is none. */
static bool
add_server(struct buf *out, const struct info *info)
{
	const struct server *server = &info->other;
	struct survey_walk walk;

	if (!info->other_answers) {
		if (!find_usable(&info->survey, &walk))
			return false;
		server = walk.server->server;
	}
	/* The certificate was checked for the name of the domain. */
	if (server->domain != NULL)
		buf_add_format(out, "srv:%s", server->domain);
	else if (server_url_is_unix(server))
		buf_add_text(out, server->url);
	else
		server_url_add(out, server->scheme, server->host, server->port);
	return true;
}

/* Whether the profile has to allow that nothing is encrypted. */
static bool
needs_no_tls(const struct info *info)
{
	struct survey_walk walk;

	return !info->other_answers && find_usable(&info->survey, &walk) &&
	    !server_url_is_unix(walk.server->server) && !walk.address->is_tls;
}

/* Adds how to begin a configuration; NULL: there is one already. */
static void
add_first_hint(struct buf *out, const char *hint)
{
	struct span rest = span_from(hint), line;
	const char *before = "\n# ";

	while (span_next_word(&rest, "\n", &line)) {
		buf_add_text(out, before);
		utf8_add_sentence(out, line);
		buf_add_char(out, '\n');
		before = "# ";
	}
}

static void
add_profile(struct buf *out, const struct info *info)
{
	struct buf server = {0};

	if (add_server(&server, info)) {
		buf_add_text(out, "\n# a profile that would do");
		if (info->other_answers)
			buf_add_text(out,
			    "; port 465 answers too, and TLS from the start "
			    "is better");
		buf_add_text(out, needs_no_tls(info) ? "\ntls = none" : "");
		buf_add_text(out, "\nserver = ");
		utf8_add_masked(out, buf_span(&server));
		buf_add_char(out, '\n');
	} else if (info->is_untrusted) {
		buf_add_text(out,
		    "\n# the certificate is not trusted: before you write a "
		    "tls-pin into a profile,\n"
		    "# compare it with the one that another network shows\n");
	} else {
		add_first_hint(out, info->outgoing.profile.unconfigured);
	}
	buf_free(&server);
}

static void
print_text(const struct info *info)
{
	const struct survey *survey = &info->survey;
	struct buf out = {.max = OUTPUT_MAX};
	time_t now = time(NULL);

	survey_text_add_warnings(&out, survey);
	if (info->is_untrusted)
		buf_add_char(&out, '\n');
	for (size_t i = 0; i < survey->domain_count; i++) {
		survey_text_add_domain(&out, survey->domains[i]);
		buf_add_char(&out, '\n');
	}
	for (size_t i = 0; i < survey->count; i++) {
		if (i > 0)
			buf_add_char(&out, '\n');
		survey_text_add_server(&out, survey->servers[i], now);
		output_write(&out, stdout);
	}
	if (survey->left_out > 0)
		buf_add_format(&out, "\nservers that are left out: %zu\n",
		    survey->left_out);
	if (survey->is_interrupted)
		buf_add_text(&out, "\ninterrupted by a signal\n");
	else
		add_profile(&out, info);
	output_write(&out, stdout);
	buf_free(&out);
}

static void
print_json(const struct info *info, int exit_status)
{
	struct buf out = {.max = OUTPUT_MAX}, value = {0};

	buf_add_char(&out, '{');
	json_text_add_number(&out, "server-info", 1);
	json_text_add_member(&out, "version", PACKAGE_VERSION);
	json_text_add_time(&out, "time", time(NULL));
	json_text_add_member(&out, "profile", info->outgoing.profile.name);
	json_text_add_number(&out, "exit", (uint64_t)exit_status);
	survey_json_add(&out, &info->survey);
	json_text_add_key(&out, "write");
	buf_add_char(&out, '[');
	if (needs_no_tls(info))
		buf_add_text(&out, "{\"setting\":\"tls\",\"value\":\"none\"},");
	if (add_server(&value, info)) {
		buf_add_text(&out, "{\"setting\":\"server\"");
		json_text_add_member(&out, "value", buf_text(&value));
		buf_add_char(&out, '}');
	}
	buf_add_char(&out, ']');
	json_text_add_key(&out, "seconds");
	buf_add_char(&out, '{');
	json_text_add_seconds(&out, "total", clock_now() - info->started);
	buf_add_text(&out, "}}\n");
	output_write(&out, stdout);
	buf_free(&out);
	buf_free(&value);
}

static bool
has_untrusted(const struct survey *survey)
{
	for (size_t i = 0; i < survey->count; i++) {
		const struct survey_server *server = survey->servers[i];

		for (size_t j = 0; j < server->count; j++)
			if (server->addresses[j]->tls.distrust != NULL)
				return true;
	}
	return false;
}

/* As a submission would end, but without a login. */
static int
status_of(const struct info *info)
{
	const struct survey *survey = &info->survey;
	const struct outcome *failure = &survey->failure;
	struct exit_status_tally tally = {.total = 1};

	if (survey->is_interrupted)
		return EX_TEMPFAIL;
	if (info->is_untrusted)
		return EX_PROTOCOL;
	if (survey->is_ready)
		tally.relayed = 1;
	else if (failure->action == ACTION_FAILED)
		tally.failed = 1;
	else
		tally.delayed[failure->cause] = 1;
	return exit_status_of_tally(tally, false);
}

bool
server_info_run(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct info info = {.started = clock_now()};
	enum report_form form = options_report(options);
	bool done = choose(&info, options, err);

	if (done && profile_is_direct(&info.outgoing.profile))
		done = error_set(err, ERROR_CONFIG,
		    "profile \"%s\" has no server to ask: with server = mx:, "
		    "each recipient has servers of its own\n"
		    "hint: smtpost --server-info smtp://HOST:25",
		    info.outgoing.profile.name);
	if (done) {
		look(&info, options);
		info.is_untrusted = has_untrusted(&info.survey);
		result->exit_status = status_of(&info);
		if (form == REPORT_TEXT)
			print_text(&info);
		else if (form == REPORT_JSON)
			print_json(&info, result->exit_status);
		done = output_end(err);
	} else {
		report_print_error(form, err, stdout);
	}
	survey_free(&info.survey);
	server_url_free(&info.other);
	outgoing_free(&info.outgoing);
	return done;
}
